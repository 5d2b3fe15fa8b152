import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** The packages and Node modules that a file imports, directly or through the relative files it imports. */
function packagesOf(file: URL, visited = new Set<string>()): Set<string> {
  if (visited.has(file.href)) return new Set()
  visited.add(file.href)
  const source = readFileSync(file, 'utf8').replaceAll(/^\s*\*.*$/gm, '')
  const names = [...source.matchAll(/\bfrom '([^']+)'/g)].map(([, name]) => name!)
  return new Set(
    names.flatMap((name) => (name.startsWith('.') ? [...packagesOf(new URL(name, file), visited)] : [name])),
  )
}

it('markup imports only @tsgi/core, so it runs without an engine and without a file system', () => {
  expect([...packagesOf(new URL('./markup.ts', import.meta.url))]).toEqual([
    '@tsgi/core',
    '@tsgi/core/options',
  ])
  expect([...packagesOf(new URL('../templates.ts', import.meta.url))]).toContain('eta')
})
