import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memoryCache, responseCache } from '../index.ts'

const directive = fc.constantFrom(
  ...['max-age', 's-maxage', 'no-cache', 'no-store', 'private', 'public', 'must-revalidate', 'min-fresh'],
  ...['max-stale', 'only-if-cached', 'stale-if-error', 'stale-while-revalidate', 'must-understand', 'x'],
)
const junk = fc.constantFrom(
  '=',
  '"',
  '\\',
  ',',
  ' ',
  '\t',
  '5',
  '60',
  '-1',
  '1.5',
  '9'.repeat(30),
  "'",
  ';',
  '*',
  'é',
)
const field = fc.array(fc.oneof(directive, junk), { maxLength: 12 }).map((parts) => parts.join(''))
const date = fc.constantFrom(
  '0',
  '',
  'now',
  'Sat, 28 Nov 2026 12:00:00 GMT',
  'Fri, 31 Feb 2100 00:00:00 GMT',
  '2099',
)

it('survives any fields of requests and responses', async () => {
  const fields = fc.record(
    {
      'cache-control': field,
      vary: fc.constantFrom('*', 'Accept', 'a b', ',,', 'Cookie, cookie', '\u00e9', 'x'.repeat(50)),
      expires: date,
      date,
      'last-modified': date,
      age: fc.constantFrom('0', '-1', '1e9', '99999999999999', 'x', '5, 6'),
      etag: fc.constantFrom('"1"', 'W/"1"', '1', ''),
      'content-range': fc.constant('bytes 0-1/2'),
      'set-cookie': fc.constant('a=1'),
    },
    { requiredKeys: [] },
  )
  const asked = fc.record(
    {
      'cache-control': field,
      'if-none-match': fc.constantFrom('"1"', '*', '"', 'W/"1", "2"'),
      'if-modified-since': date,
      range: fc.constantFrom('bytes=0-1', 'x'),
      authorization: fc.constant('x'),
      'accept-encoding': field,
    },
    { requiredKeys: [] },
  )
  const status = fc.constantFrom(200, 203, 206, 301, 404, 500)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(status, fields, asked), { maxLength: 6 }), async (steps) => {
      let next = steps[0]
      const app = responseCache({ heuristic: 0.1, store: memoryCache({ maxSize: '8KiB' }) })(() => {
        const [status, headers] = next!
        return text('hello', { status, headers })
      })
      const web = client(app, { errors: { write() {} } })
      for (const step of steps) {
        next = step
        const response = await web.get('/', { headers: step[2] })
        if (response.status === 200) expect(await response.text()).toBe('hello')
        else expect([203, 206, 301, 304, 404, 500, 504]).toContain(response.status)
        const isHit = response.headers.get('cache-status')?.includes('hit')
        if (isHit) expect(response.headers.getSetCookie()).toEqual([])
      }
      expect(web.errors).toEqual([])
    }),
    { numRuns: 300 },
  )
})

it('parses a long Cache-Control in time that is proportional to its length', async () => {
  const seen: number[] = []
  for (const part of ['"', '\\"', 'a=', ',', ' ', '="', 'a="\\', '\t,']) {
    const value = part.repeat(50_000)
    const web = client(
      responseCache()(() => {
        seen.push(1)
        return text('x', { headers: { 'cache-control': `max-age=60, x${value}` } })
      }),
    )
    expect((await web.get('/', { headers: { 'cache-control': `x${value}` } })).status).toBe(200)
  }
  expect(seen).toHaveLength(8)
}, 5_000)
