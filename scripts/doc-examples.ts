/**
 * Turns the examples in doc comments and READMEs into modules that can be type-checked and run.
 *
 * Every ```ts block becomes a module, unless its fence says `ts no-run`. A line `expression // => value` becomes an
 * assertion that the two are equal.
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
}

/** Returns the examples of all packages, of the repository's README and of the site. */
export function collectExamples(): DocExample[] {
  const files = globSync(['README.md', 'docs/**/*.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts', '**/node_modules/**', 'docs/api/**'],
  })
  return files.sort().flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    const folder = file.startsWith('packages/') ? join(root, ...file.split('/').slice(0, 2)) : root
    return examplesIn(lines, file.endsWith('.ts')).map(({ line, code }) => ({
      where: `${file}:${line}`,
      folder,
      code,
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

function examplesIn(lines: readonly string[], isSource: boolean): { line: number; code: string }[] {
  const examples: { line: number; code: string }[] = []
  let block: { line: number; code: string[] } | undefined
  for (const [index, raw] of lines.entries()) {
    const comment = /^\s*\* ?(.*)$/.exec(raw)
    if (isSource && !comment) continue
    const text = isSource ? comment![1]! : raw
    if (block === undefined) {
      if (text.trimEnd() === '```ts') block = { line: index + 1, code: [] }
    } else if (text.trimEnd() === '```') {
      examples.push({ line: block.line, code: block.code.join('\n') })
      block = undefined
    } else {
      block.code.push(text)
    }
  }
  return examples
}

/** Replaces each `expression // => value` by `expectClaim(expression).toEqual(value)`. */
export function withAssertions(code: string): string {
  const lines = code.split('\n').map((line) => {
    const claim = /^(\s*)(.+?);?\s*\/\/ => (.+)$/.exec(line)
    return claim ? `${claim[1]}expectClaim(${claim[2]}).toEqual(${claim[3]})` : line
  })
  return lines.join('\n')
}
