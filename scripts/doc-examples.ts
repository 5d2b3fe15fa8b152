/**
 * Turns the examples in doc comments and READMEs into modules that can be type-checked and run.
 *
 * Every ```ts block becomes a module, which is only type-checked if its fence says `ts no-run`. A line
 * `expression // => value` becomes an assertion that the two are equal.
 *
 * A block can show less than it needs: what it leaves out is in a comment right before it, `<!-- with … -->`, which readers do
 * not see. It can also declare what a block imports from elsewhere.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { root } from './sources.ts'

/** An example and its location. */
export interface DocExample {
  /** `packages/core/src/stack.ts:18`. */
  readonly where: string
  /** The package's folder, in which the module is written so that it resolves what the package resolves. */
  readonly folder: string
  readonly code: string
  /** Whether it can be run. Otherwise, only its types are checked. */
  readonly runs: boolean
}

/** Returns the examples of all packages, of the repository's README and of the site. */
export function collectExamples(): DocExample[] {
  const files = globSync(
    ['README.md', 'docs/**/*.md', 'packages/README.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'],
    {
      cwd: root,
      exclude: ['**/*.test.ts', '**/node_modules/**', 'docs/api/**'],
    },
  )
  return files.sort().flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    const folder = /^packages\/[^/]+\//.test(file) ? join(root, ...file.split('/').slice(0, 2)) : root
    return examplesIn(lines, file.endsWith('.ts')).map(({ line, code, runs }) => ({
      where: `${file}:${line}`,
      folder,
      code,
      runs,
    }))
  })
}

/** Writes each example as a module under its package's `.examples` folder; returns the module's path by example. */
export function writeExamples(examples: readonly DocExample[]): Map<DocExample, string> {
  for (const stale of globSync(['.examples', 'packages/*/.examples'], { cwd: root }))
    rmSync(join(root, stale), { recursive: true })
  return new Map(
    examples.map((example) => {
      const [file = '', line = ''] = example.where.split(':')
      const name = relative(example.folder, join(root, file))
        .replace(/^src\//, '')
        .replaceAll('/', '-')
      const path = join(example.folder, '.examples', `${basename(name, '.ts')}-${line}.ts`)
      mkdirSync(dirname(path), { recursive: true })
      const code = withAssertions(example.code)
      writeFileSync(
        path,
        `import { expect as expectClaim } from 'vitest'\n${code}\nexpectClaim(true).toBe(true)\n`,
      )
      return [example, path]
    }),
  )
}

function examplesIn(
  lines: readonly string[],
  isSource: boolean,
): (Pick<DocExample, 'code' | 'runs'> & { line: number })[] {
  const text = lines
    .map((line) => (isSource ? (/^\s*\* ?(.*)$/.exec(line)?.[1] ?? '') : line).trimEnd())
    .join('\n')
  return [...text.matchAll(BLOCK)].map(({ index, 0: match, 1: context, 2: fence, 3: shown = '' }) => ({
    line: text.slice(0, index + match.indexOf(`\`\`\`${fence}`)).split('\n').length,
    runs: fence === 'ts',
    code: context === undefined ? shown : `${context}${withoutImports(shown, context)}`,
  }))
}

/** What a block leaves out, its fence and its code. */
const BLOCK = /(?:^<!-- with\n((?:(?!-->).*\n)*)-->\n\n?)?^```(ts(?: no-run)?)\n((?:(?!```$).*\n)*)```$/gm

/** Removes the imports of what the context declares. */
function withoutImports(shown: string, context: string): string {
  const declared = new Set(
    [...context.matchAll(/^(?:declare )?(?:const|function) (\w+)/gm)].map(([, name]) => name),
  )
  return shown.replaceAll(/^(?:import (?:type )?|(?=.* await import)const )\{? ?(\w+).*\n/gm, (line, name) =>
    declared.has(name) ? '' : line,
  )
}

/** Replaces each `expression // => value` by `expectClaim(expression).toEqual(value)`. */
export function withAssertions(code: string): string {
  const lines = code.split('\n').map((line) => {
    const claim = /^(\s*)(.+?);?\s*\/\/ => (.+)$/.exec(line)
    return claim ? `${claim[1]}expectClaim(${claim[2]}).toEqual(${claim[3]})` : line
  })
  return lines.join('\n')
}
