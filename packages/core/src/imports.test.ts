import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What a module and everything it imports name in `import` and `export … from`, files followed. */
function importsOf(file: string, seen: Map<string, string[]> = new Map()): Map<string, string[]> {
  const source = readFileSync(file, 'utf8').replace(/^\s*(?:\*|\/\*\*|\/\/).*$/gm, '')
  const named = [...source.matchAll(/\bfrom\s*'([^']+)'|\bimport\(?\s*'([^']+)'/g)].map(
    ([, from, bare]) => (from ?? bare)!,
  )
  seen.set(file, named)
  for (const name of named) {
    const next =
      name === '#response' ? ['response-node.ts', 'response-native.ts'] : name.startsWith('.') ? [name] : []
    for (const each of next) {
      const path = join(dirname(file), each)
      if (!seen.has(path)) importsOf(path, seen)
    }
  }
  return seen
}

describe('the imports of an entry point', () => {
  it.each(['index.ts', 'testing.ts', 'gateway.ts'])(
    '%s reaches neither Node nor another package',
    (entry) => {
      const graph = importsOf(join(import.meta.dirname, entry))
      expect(graph.size).toBeGreaterThan(5)
      const outside = [...graph].flatMap(([file, names]) =>
        names
          .filter((name) => !name.startsWith('.') && name !== '#response')
          .map((name) => `${file}: ${name}`),
      )
      expect(outside).toEqual([])
    },
  )
})
