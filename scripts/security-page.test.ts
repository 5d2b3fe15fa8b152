import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './sources.ts'

const rows = readFileSync(join(root, 'docs/security.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('.test.ts'))

describe('docs/security.md', () => {
  it.each(rows)('names tests that exist: %s', (row) => {
    const [, attack, , tests = ''] = row.split('|')
    // [file](path): “name” and “name”
    const files = [...tests.matchAll(/\]\(\.\.\/([^)]+)\): ([^;]+)/g)]
    const named = files.flatMap(([, path, names]) =>
      [...names!.matchAll(/“([^”]+)”/g)].map(([, name]) => ({ path: path!, name: name! })),
    )
    expect(named.length, attack).toBeGreaterThan(0)
    expect(named.filter(({ path, name }) => !hasTest(path, name))).toEqual([])
  })

  it('names a test behind each defense', () => {
    const page = readFileSync(join(root, 'docs/security.md'), 'utf8')
    const [, ...sections] = page.split(/^## /m).filter((section) => section.includes('| tests |'))
    const bare = sections
      .flatMap((section) => section.split('\n'))
      .filter((line) => line.startsWith('| ') && !line.startsWith('| attack |') && !line.includes('.test.ts'))
    expect(bare).toEqual([])
  })
})

/** Whether the file passes the name as the first argument of `it`, `describe` or another function that describes tests. */
function hasTest(path: string, name: string): boolean {
  const source = readFileSync(join(root, path), 'utf8')
  return [`'${name}',`, `"${name}",`, `\`${name}\`,`].some((literal) => {
    const start = source.indexOf(literal)
    return start > 0 && source.slice(0, start).trimEnd().endsWith('(')
  })
}
