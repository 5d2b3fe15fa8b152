import { statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anHourAgo, Folder, site } from '../../test/site.ts'

const folder = await Folder.create({ 'a.txt': '0123456789', 'empty.txt': '', 'old.txt': 'old' })
const web = site(folder)
const get = (headers: Record<string, string>, path = '/a.txt') => web.get(path, { headers })
const etag = (await get({})).headers.get('etag')!
const modified = anHourAgo.toUTCString()

describe('a range', () => {
  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=8-99999999999999999999', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=0-9', '0123456789', 'bytes 0-9/10'],
    ['BYTES=0-1', '01', 'bytes 0-1/10'],
  ])('%s gets status 206 with the bytes %s', async (range, body, contentRange) => {
    const response = await get({ range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(contentRange)
    expect(response.headers.get('content-length')).toBe(String(body.length))
    expect(response.headers.get('etag')).toBe(etag)
    expect(await response.text()).toBe(body)
  })

  it.each(['bytes=-0', 'bytes=10-', 'bytes=10-20', 'bytes=99-', 'bytes=99999999999999999999-'])(
    '%s is beyond the end and gets status 416 without the file',
    async (range) => {
      const response = await get({ range })
      expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10'])
      expect(response.headers.get('etag')).toBeNull()
      expect(await response.text()).not.toContain('0123456789')
    },
  )

  it.each([
    'bytes=5-2',
    'bytes=abc',
    'bytes=1e1-',
    'bytes=0x1-',
    'bytes=1.5-2',
    'bytes=--1',
    'bytes=+1-2',
    'bytes=-',
    'bytes=',
    'bytes',
    'bytes 0-3',
    'bytes=0-3-5',
    '=0-3',
    'lines=0-3',
    'lines=99-',
    'bytes=0-1,4-5',
    'bytes=0-1,99-',
    'bytes=99-,100-',
    'bytes=0-0,0-0,0-0',
  ])('%s is ignored', async (range) => {
    const response = await get({ range })
    expect([response.status, response.headers.get('content-range')]).toEqual([200, null])
    expect(await response.text()).toBe('0123456789')
  })

  it('is ignored if it asks for thousands of parts', async () => {
    const response = await get({ range: `bytes=${Array.from({ length: 5000 }, (_, at) => `${at}-${at}`)}` })
    expect([response.status, await response.text()]).toEqual([200, '0123456789'])
  })

  it('of an empty file is beyond its end, unless it counts from there', async () => {
    expect((await get({ range: 'bytes=0-' }, '/empty.txt')).headers.get('content-range')).toBe('bytes */0')
    expect((await get({ range: 'bytes=-5' }, '/empty.txt')).status).toBe(200)
  })

  it('is for GET only', async () => {
    const response = await web.head('/a.txt', { headers: { range: 'bytes=0-1' } })
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '10'])
    expect((await web.head('/a.txt', { headers: { range: 'bytes=99-' } })).status).toBe(200)
  })

  it('never fails, whatever the header is', async () => {
    const piece = fc.constantFrom('bytes', '=', '-', ',', ' ', '0', '5', '99', 'x', '\t', '"')
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const response = await get({ range: pieces.join('') })
        expect([200, 206, 416]).toContain(response.status)
        if (response.status === 416) return
        const body = await response.text()
        expect('0123456789').toContain(body)
        expect(response.headers.get('content-length')).toBe(String(body.length))
      }),
    )
  })
})

describe('If-Range', () => {
  const resume = (ifRange: string, path?: string) => get({ range: 'bytes=3-', 'if-range': ifRange }, path)

  it('continues the version that the client has', async () => {
    for (const current of [etag, modified]) {
      const response = await resume(current)
      expect([response.status, await response.text()]).toEqual([206, '3456789'])
    }
  })

  it.each([
    ['an old tag', '"old"'],
    ['a weak tag', `W/${etag}`],
    ['a tag that contains the current one', `"x${etag.slice(1)}`],
    ['a list of tags', `"x", ${etag}`],
    ['an old date', new Date(anHourAgo.getTime() - 60_000).toUTCString()],
    ['a later date', new Date(anHourAgo.getTime() + 60_000).toUTCString()],
    ['rubbish', 'yesterday'],
  ])('sends the whole file for %s', async (_, value) => {
    const response = await resume(value)
    expect([response.status, await response.text()]).toEqual([200, '0123456789'])
  })

  it('sends the whole file for the tag of a file that is still changing', async () => {
    await folder.write('new.txt', '0123456789', new Date())
    const tag = (await get({}, '/new.txt')).headers.get('etag')!
    expect(tag).toMatch(/^W\//)
    expect((await resume(tag, '/new.txt')).status).toBe(200)
  })

  it('ignores a range beyond the end of an old version', async () => {
    expect((await get({ range: 'bytes=99-', 'if-range': '"old"' })).status).toBe(200)
  })
})

describe('a conditional request', () => {
  it.each<[string, Record<string, string>, number]>([
    ['its tag is current', { 'if-none-match': etag }, 304],
    ['its tag is current and weak', { 'if-none-match': `W/${etag}` }, 304],
    ['one of its tags is current', { 'if-none-match': `"a,b", ${etag}` }, 304],
    ['any version will do', { 'if-none-match': '*' }, 304],
    ['its tag is current and it has a range', { 'if-none-match': etag, range: 'bytes=0-1' }, 304],
    ['its tag is old', { 'if-none-match': '"old"', 'if-modified-since': modified }, 200],
    ['its tag is old and it has a range', { 'if-none-match': '"old"', range: 'bytes=0-1' }, 206],
    ['its date is current', { 'if-modified-since': modified }, 304],
    ['its date is rubbish', { 'if-modified-since': '2099' }, 200],
    ['it expects another tag', { 'if-match': '"old"' }, 412],
    ['it expects a weak tag', { 'if-match': `W/${etag}` }, 412],
    ['it expects the current tag', { 'if-match': etag }, 200],
    ['it expects the current tag and has a range', { 'if-match': etag, range: 'bytes=0-1' }, 206],
    ['it expects an old date', { 'if-unmodified-since': new Date(0).toUTCString() }, 412],
    [
      'it expects another tag and has a range beyond the end',
      { 'if-match': '"old"', range: 'bytes=99-' },
      412,
    ],
  ])('gets the right status if %s', async (_, headers, status) => {
    expect((await get(headers)).status).toBe(status)
    if (!headers.range) expect((await web.head('/a.txt', { headers })).status).toBe(status)
  })

  it('gets a 304 with its tag and Cache-Control, and nothing about a body', async () => {
    const response = await get({ 'if-none-match': etag })
    expect(Object.fromEntries(response.headers)).toEqual({ etag, 'cache-control': 'no-cache' })
    expect(response.body).toBeNull()
  })

  it('ignores fractions of a second', async () => {
    const at = new Date('2026-01-01T10:00:47.596Z')
    await folder.write('old.txt', 'old', at)
    const since = { 'if-modified-since': 'Thu, 01 Jan 2026 10:00:47 GMT' }
    expect((await get(since, '/old.txt')).status).toBe(304)
    expect((await get({}, '/old.txt')).headers.get('last-modified')).toBe(since['if-modified-since'])
  })

  it('gets the file if it is for a folder that only redirects', async () => {
    const other = await Folder.create({ 'sub/index.html': 'Sub' })
    const response = await site(other).get('/sub', { headers: { 'if-none-match': '*' } })
    expect(response.status).toBe(308)
  })
})

describe('the validators', () => {
  it.each([
    ['the epoch', 0],
    ['a second after it, as in the Nix store', 1000],
    ['the start of 1980, as in zip files', Date.parse('1980-01-01T00:00:00Z')],
    ['the date of files in npm packages', Date.parse('1985-10-26T08:15:00Z')],
  ])('do not rely on %s', async (_, time) => {
    await folder.write('fixed.txt', 'one', new Date(time))
    const one = await get({}, '/fixed.txt')
    const { ctimeMs } = statSync(folder.at('fixed.txt'))
    // The clock of a file system can be slower than two writes.
    do await folder.write('fixed.txt', 'two', new Date(time))
    while (statSync(folder.at('fixed.txt')).ctimeMs === ctimeMs)
    const two = await get({ 'if-none-match': one.headers.get('etag')! }, '/fixed.txt')
    expect([one, two].map(({ headers }) => headers.get('last-modified'))).toEqual([null, null])
    expect([two.status, await two.text()]).toEqual([200, 'two'])
  })

  it('have no date in the future', async () => {
    await folder.write('future.txt', 'f', new Date(Date.now() + 3_600_000))
    const { headers } = await get({}, '/future.txt')
    expect(headers.get('last-modified')).toBeNull()
    expect(headers.get('etag')).toMatch(/^W\//)
  })

  it('differ for another size or another time', async () => {
    const tags = new Set<string>()
    for (const [content, seconds] of [
      ['one', 1],
      ['three', 1],
      ['one', 2],
    ] as const) {
      await folder.write('version.txt', content, new Date(anHourAgo.getTime() + seconds * 1000))
      tags.add((await get({}, '/version.txt')).headers.get('etag')!)
    }
    expect(tags.size).toBe(3)
  })
})
