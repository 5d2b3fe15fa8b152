import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { entriesOf } from './exports.ts'
import { homeOf } from './sources.ts'

describe.each(entriesOf())('$entry', ({ folder, exported }) => {
  it('exports something, each with a doc comment', () => {
    expect(exported.length).toBeGreaterThan(0)
    expect(exported.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([])
  })

  it('shows an example of each function, class and value', () => {
    const bare = exported.filter(({ isType, doc }) => !isType && !/@example\n \* ```ts/.test(doc))
    expect(bare.map(({ name }) => name)).toEqual([])
  })

  it('has a README that names every export', () => {
    const readme = readFileSync(join(homeOf(folder), 'README.md'), 'utf8')
    const missing = exported.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(readme))
    expect(missing.map(({ name }) => name)).toEqual([])
  })
})
