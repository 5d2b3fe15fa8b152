/** The source files of the packages, and what they import. */
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export const root: string = join(import.meta.dirname, '..')

/** The folders of the packages, by name: `['args', 'connect', …]`. */
export const packageFolders: readonly string[] = globSync('packages/*/package.json', { cwd: root })
  .map((file) => basename(dirname(file)))
  .sort()

/** Returns the absolute path of a package's folder. */
export function homeOf(folder: string): string {
  return join(root, 'packages', folder)
}

/** Returns the package's source files without the tests, relative to its `src` folder. */
export function sourcesOf(folder: string): string[] {
  const files = globSync('**/*.ts', { cwd: join(homeOf(folder), 'src') })
  return files.filter((file) => !file.endsWith('.test.ts')).sort()
}

/** Returns the specifiers that a file imports, types and dynamic imports included. */
export function importsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/^\s*(?:\*|\/\/).*$/gm, '')
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name!)
}

/** Returns the files that a specifier can stand for: several for `#name`, none for another package. */
export function resolveImport(folder: string, importer: string, specifier: string): string[] {
  if (specifier.startsWith('.')) return [join(dirname(importer), specifier)]
  if (!specifier.startsWith('#')) return []
  const { imports } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
  const targets = new Set(Object.values<string>(imports[specifier]))
  return [...targets].map((target) => join(homeOf(folder), target))
}
