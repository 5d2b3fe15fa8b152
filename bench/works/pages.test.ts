import { describe, expect, it } from 'vitest'
import { contendersOf } from '../harness/contenders.ts'
import { measure, startMaster } from './reload.ts'
import { expectedPage, normalized, visitsOf } from './site-page.ts'

describe('the page of the work site', () => {
  const page = expectedPage(3, ['Saved.'])

  it('ignores how a template writes quotes, void tags and whitespace', () => {
    const other = page
      .replaceAll("'", '&#39;')
      .replaceAll('<tr>', '\n  <tr>\n')
      .replace('<meta charset="utf-8">', '<meta charset="utf-8" />')
    expect(normalized(other)).toBe(page)
  })

  it('differs if something is missing, unescaped or escaped twice', () => {
    for (const wrong of [
      page.replace('&lt;Bob&gt;', '<Bob>'),
      page.replace('&amp;', '&'),
      page.replace('&amp;', '&amp;amp;'),
      page.replace('<tr>', ''),
      page.replace('A gift.', 'Agift.'),
    ])
      expect(normalized(wrong)).not.toBe(page)
  })

  it('contains the number of the visit', () => {
    expect(visitsOf(page)).toBe(3)
    expect(() => visitsOf('<p>Error</p>')).toThrow('without the number')
  })
})

describe.concurrent('the work reload', () => {
  it.each(
    contendersOf('reload')
      .filter(({ variantOf }) => variantOf === undefined)
      .map(({ name }) => name),
  )('gets the expected responses from %s', async (contender) => {
    await using master = await startMaster(contender, { fromSource: true })
    expect(master.child.exitCode).toBeNull()
  })

  it('counts the requests that a reload loses, none with TSGI', async () => {
    const { row, kinds } = await measure('tsgi', 1, { fromSource: true })
    expect(row.errors).toBe(0)
    expect(kinds).toEqual(new Map())
    expect(row.figures.answered?.values[0]).toBeGreaterThan(0)
  })
})
