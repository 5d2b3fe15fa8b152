import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The names in the export lists of a module. */
function exportedNames(file: string): string[] {
  const source = readFileSync(join(import.meta.dirname, file), 'utf8')
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]+)\} from/gm)].flatMap(([, list]) =>
    list!.split(','),
  )
  const declared = [...source.matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, name]) => name!)
  return [...lists.map((name) => name.replace(/\btype\b/, '').trim()).filter(Boolean), ...declared]
}

describe('README.md', () => {
  it.each([
    ['@tsgi/core', 'index.ts', 30],
    ['@tsgi/core/testing', 'testing.ts', 3],
    ['@tsgi/core/gateway', 'gateway.ts', 6],
  ])('names everything that %s exports', (_, file, least) => {
    const names = exportedNames(file).filter((name) => name !== 'PlainParts')
    expect(names.length).toBeGreaterThanOrEqual(least)
    for (const name of names) expect(readme).toMatch(new RegExp(`\`[^\`]*\\b${name}\\b`))
  })
})
