/** The commands and examples in the READMEs of the packages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectExamples, withAssertions } from '../scripts/doc-examples.ts'
import { homeOf, root } from '../scripts/sources.ts'

const examples = collectExamples()

/** Returns the packages that the README says to install; the package itself if the README has no such command. */
export function packagesToInstall(folder: string, name: string): string[] {
  const readme = readFileSync(join(homeOf(folder), 'README.md'), 'utf8')
  const [, packages = name] = /^npm install (\S.*)$/m.exec(readme) ?? []
  return packages.split(' ')
}

/** The first example of a README that can be run. */
export interface FirstExample {
  /** A module that throws if a value differs from the one in the README. */
  readonly code: string
  /** The packages that it imports, with their versions and types. */
  readonly packages: readonly string[]
}

export function firstExample(folder: string): FirstExample | undefined {
  const example = examples.find(
    ({ where, runs }) => runs && where.startsWith(`packages/${folder}/README.md:`),
  )
  if (example === undefined) return undefined
  return {
    code: `${assertions}${withAssertions(example.code)}\n`,
    packages: packagesOf(folder, example.code),
  }
}

const assertions = `import assert from 'node:assert/strict'
const expectClaim = (actual: unknown) => ({ toEqual: (expected: unknown) => assert.deepEqual(actual, expected) })
`

function packagesOf(folder: string, code: string): string[] {
  const { devDependencies = {}, dependencies = {} } = JSON.parse(
    readFileSync(join(homeOf(folder), 'package.json'), 'utf8'),
  )
  const versions: Record<string, string> = { ...devDependencies, ...dependencies }
  const imports = [...code.matchAll(/from '((?:@[^/']+\/)?[^./'][^/']*)/g)].map(([, name]) => name!)
  const names = new Set(imports.filter((name) => !name.startsWith('node:')))
  const types = [...names].map((name) => `@types/${name}`).filter((name) => name in versions)
  return [...names, ...types].map((name) => {
    const version = versions[name] === 'catalog:' ? catalog(name) : versions[name]
    return version === undefined || version.startsWith('workspace:') ? name : `${name}@${version}`
  })
}

/** Returns the version of a package in the catalog of the workspace. */
function catalog(name: string): string | undefined {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  return new RegExp(`^  "?${name}"?: (.+)$`, 'm').exec(workspace)?.[1]
}
