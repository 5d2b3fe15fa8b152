import { type Application, lint, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { memoryCache, responseCache } from '../index.ts'

const paths = ['/a', '/b', '/c'] as const
const languages = ['de', 'en'] as const

/** How a path responds, for the whole run. */
interface Resource {
  readonly maxAge: number
  readonly staleWhileRevalidate: number
  readonly isPrivate: boolean
  readonly hasTag: boolean
  readonly varies: boolean
  readonly isStreamed: boolean
  readonly size: number
}

const resource: fc.Arbitrary<Resource> = fc.record({
  maxAge: fc.constantFrom(0, 5, 60),
  staleWhileRevalidate: fc.constantFrom(0, 10),
  isPrivate: fc.boolean(),
  hasTag: fc.boolean(),
  varies: fc.boolean(),
  isStreamed: fc.boolean(),
  size: fc.constantFrom(10, 300, 3000),
})

type Step =
  | {
      readonly kind: 'get'
      readonly path: string
      readonly language: string
      readonly times: number
      readonly headers: Record<string, string>
    }
  | { readonly kind: 'write'; readonly path: string }
  | { readonly kind: 'edit'; readonly path: string }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'fail'; readonly isFailing: boolean }

const path = fc.constantFrom(...paths)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('get' as const),
      path,
      language: fc.constantFrom(...languages),
      times: fc.integer({ min: 1, max: 3 }),
      headers: fc.constantFrom<Record<string, string>>(
        {},
        {},
        { 'cache-control': 'no-cache' },
        { 'cache-control': 'max-age=3' },
        { 'if-none-match': '"/a 0 de"' },
        { range: 'bytes=0-3' },
        { authorization: 'x' },
      ),
    }),
  },
  fc.record({ kind: fc.constant('write' as const), path }),
  fc.record({ kind: fc.constant('edit' as const), path }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant('fail' as const), isFailing: fc.boolean() }),
)

afterEach(() => void vi.useRealTimers())

it('never sends a response that is too old, of another request, or private, whatever happens', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(resource, resource, resource),
      fc.array(step, { maxLength: 40 }),
      fc.constantFrom('4KiB', '64MiB'),
      fc.constantFrom('1KiB', '1MiB'),
      async (resources, steps, maxSize, maxEntrySize) => {
        /** The times at which each version of a path ended. */
        const ends: Record<string, number[]> = { '/a': [], '/b': [], '/c': [] }
        let isFailing = false
        let calls = 0
        const app: Application = async ({ method, pathInfo, headers }) => {
          if (method === 'POST') {
            ends[pathInfo]!.push(Date.now())
            return text('written')
          }
          calls += 1
          if (isFailing) throw new Error('failing')
          const { isPrivate, maxAge, staleWhileRevalidate, hasTag, varies, isStreamed, size } =
            resources[paths.indexOf(pathInfo as '/a')]!
          const language = varies ? (headers.get('accept-language') ?? '') : ''
          const name = `${pathInfo} ${ends[pathInfo]!.length} ${language}`
          const fields: Record<string, string> = {
            'cache-control': `${isPrivate ? 'private, ' : ''}max-age=${maxAge}, stale-while-revalidate=${staleWhileRevalidate}`,
            'x-call': String(calls),
          }
          if (varies) fields.vary = 'Accept-Language'
          if (hasTag) fields.etag = `"${name}"`
          if (hasTag && headers.get('if-none-match') === `"${name}"`) {
            return new Response(null, { status: 304, headers: fields })
          }
          await Promise.resolve()
          const body = `${name} `.padEnd(size, '.')
          return isStreamed
            ? stream([body.slice(0, 5), body.slice(5)], { headers: fields })
            : text(body, { headers: fields })
        }
        const cache = responseCache({ store: memoryCache({ maxSize }), maxEntrySize })
        const web = client(cache(lint(app)), { errors: { write() {} } })

        const get = async ({ path, language, headers }: Step & { kind: 'get' }) => {
          const before = calls
          const response = await web.get(path, { headers: { ...headers, 'accept-language': language } })
          const { isPrivate, maxAge, staleWhileRevalidate, varies } = resources[paths.indexOf(path as '/a')]!
          if (response.status === 500) return expect(isFailing).toBe(true)
          const body = await response.text()
          if (response.status === 304)
            return expect(response.headers.get('etag')).toBe(headers['if-none-match'])
          expect(response.status).toBe(200)
          const [name, version, variant] = body.split(' ')
          expect([name, variant]).toEqual([path, varies ? language : ''])
          const end = ends[path]![Number(version)] ?? Number.POSITIVE_INFINITY
          const limit =
            headers['cache-control'] === undefined ? maxAge + staleWhileRevalidate : Math.min(maxAge, 3)
          expect(Date.now() - end, `${path} ${version}`).toBeLessThanOrEqual(limit * 1000)
          if (isPrivate) expect(Number(response.headers.get('x-call'))).toBeGreaterThan(before)
        }

        for (const each of steps) {
          if (each.kind === 'wait') vi.setSystemTime(Date.now() + each.seconds * 1000)
          else if (each.kind === 'fail') isFailing = each.isFailing
          else if (each.kind === 'edit') ends[each.path]!.push(Date.now())
          else if (each.kind === 'get') await Promise.all(Array.from({ length: each.times }, () => get(each)))
          else {
            await web.post(each.path)
            const current = String(ends[each.path]!.length)
            if (isFailing) continue
            // After a write, everyone sees the new version.
            const body = await (await web.get(each.path, { headers: { 'accept-language': 'de' } })).text()
            expect(body.split(' ')[1]).toBe(current)
          }
        }
      },
    ),
    { numRuns: 150 },
  )
})
