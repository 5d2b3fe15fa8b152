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
    const light = join(import.meta.dirname, 'response/light')
    const next =
      name === '#response'
        ? [join(light, 'response-node.ts'), join(light, 'response-native.ts')]
        : name.startsWith('.')
          ? [join(dirname(file), name)]
          : []
    for (const path of next) {
      if (!seen.has(path)) importsOf(path, seen)
    }
  }
  return seen
}

describe('the imports of an entry point', () => {
  it.each(['index.ts', 'testing.ts', 'gateway.ts', 'options.ts'])(
    '%s reaches neither Node nor another package',
    (entry) => {
      const graph = importsOf(join(import.meta.dirname, entry))
      expect(graph.size).toBeGreaterThan(4)
      const outside = [...graph].flatMap(([file, names]) =>
        names
          .filter((name) => !name.startsWith('.') && name !== '#response')
          .map((name) => `${file}: ${name}`),
      )
      expect(outside).toEqual([])
    },
  )
})
