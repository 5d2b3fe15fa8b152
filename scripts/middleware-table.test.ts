import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { homeOf, root } from './sources.ts'

const page = readFileSync(join(root, 'packages/README.md'), 'utf8')
const mentions = [...page.matchAll(/((?:`\w+`(?:, | and )?)+) (?:of|in) \[`(@?[\w/-]+)`\]\(([\w-]+)\)/g)]
const exported = mentions.flatMap(([, names, entry, folder]) =>
  [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => [name!, entry!, folder!] as const),
)

describe('the tables of middleware by other names', () => {
  it('mention at least fifty exports', () => {
    expect(exported.length).toBeGreaterThan(50)
  })

  it.each(exported)('%s is an export of %s', async (name, entry, folder) => {
    const { name: owner, exports } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
    expect(entry === owner || entry.startsWith(`${owner}/`)).toBe(true)
    const source: string = exports[`.${entry.slice(owner.length)}`]
    expect(await import(join(homeOf(folder), source))).toHaveProperty(name)
  })

  it('say in each row what to use, or why there is nothing', () => {
    const rows = page.split('\n').filter((line) => /^\| [^-]/.test(line) && !/\| TSGI \|$/.test(line))
    for (const row of rows)
      expect(row).toMatch(/\| (?:`\w+`|built into `|options `|none: .{10}|not yet).*\|$/)
  })
})
