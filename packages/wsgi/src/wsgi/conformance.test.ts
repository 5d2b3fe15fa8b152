import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const home = join(import.meta.dirname, '../..')

it('has a README that names existing tests for every requirement, and all of these tests', () => {
  const readme = readFileSync(join(home, 'README.md'), 'utf8')
  const table = readme.split('\n## Conformance\n')[1]!.split('\n#')[0]!
  const rows = [...table.matchAll(/^\| [^|]+ \| ([^|]+) \|$/gm)].map(([, tests]) => tests!).slice(2)
  const named = rows.flatMap((tests) => [...tests.matchAll(/“([^”]+)”/g)].map(([, name]) => name!))
  for (const row of rows) expect(row).toMatch(/“/)
  expect(rows.length).toBeGreaterThan(30)
  const tests = (files: string) =>
    globSync(files, { cwd: home }).flatMap((file) => {
      const source = readFileSync(join(home, file), 'utf8')
      return [...source.matchAll(/^ {2}it(?:\.each\(\w+\))?\('(.+?)', /gm)].map(([, name]) => name!)
    })
  const all = new Set(tests('src/**/*.test.ts'))
  expect(named.filter((name) => !all.has(name))).toEqual([])
  expect(tests('src/wsgi/conformance-*.test.ts').filter((name) => !named.includes(name))).toEqual([])
})
