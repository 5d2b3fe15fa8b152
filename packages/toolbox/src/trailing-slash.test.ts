import { type Application, empty, json, mount, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { describe, expect, it } from 'vitest'
import { type TrailingSlashOptions, trailingSlash } from './index.ts'

const routes = router({
  '/': () => text('home'),
  '/about': { GET: () => text('about'), POST: () => text('posted') },
  '/docs/': () => text('docs'),
})

async function location(path: string, options?: TrailingSlashOptions, method = 'GET') {
  const response = await client(trailingSlash(options)(routes)).request(method, path)
  expect([200, 308, 404]).toContain(response.status)
  return response.headers.get('location') ?? response.status
}

describe('trailingSlash', () => {
  it.each([
    ['/about/', '/about'],
    ['/about///', '/about'],
    ['/about/?a=1&b=%2F', '/about?a=1&b=%2F'],
    ['/docs/', 200],
    ['/', 200],
    ['/about', 200],
    ['/nowhere', 404],
    ['/nowhere/', '/nowhere'],
  ])('removes the slash of a path that is not known: %s', async (path, expected) => {
    expect(await location(path)).toBe(expected)
  })

  it.each([
    ['/docs', '/docs/'],
    ['/docs?a=1', '/docs/?a=1'],
    ['/about', 200],
    ['/nowhere/', 404],
    ['/style.css', 404],
    ['/v1.2/docs', '/v1.2/docs/'],
  ])('adds the slash to a path that is not known: %s', async (path, expected) => {
    expect(await location(path, { mode: 'add' })).toBe(expected)
  })

  it.each(['remove', 'add'] as const)('responds to long paths in linear time: %s', async (mode) => {
    for (const part of ['/'.repeat(100_000), '.'.repeat(100_000)]) {
      const environ = testEnviron(`/${part}/x`)
      const response = await trailingSlash({ mode })(() => empty(404))(environ)
      expect(response.status).toBe(mode === 'add' ? 308 : 404)
    }
  })

  it.each([
    ['//evil.example/', '/evil.example'],
    ['///evil.example/', '/evil.example'],
    ['/%5Cevil.example/', '/%5Cevil.example'],
    ['/%2F%2Fevil.example/', '/%2F%2Fevil.example'],
    ['/%0A/evil.example/', '/%0A/evil.example'],
  ])('never leads to another host: %s', async (path, expected) => {
    expect(await location(path)).toBe(expected)
    const added = await location(path.slice(0, -1).replace('.', ''), { mode: 'add' })
    expect(added).toBe(`${expected.replace('.', '')}/`)
  })

  it('keeps the method and the body, with a 308', async () => {
    const echo: Application = ({ pathInfo, request }) =>
      pathInfo === '/echo' ? request.text().then((body) => json(body)) : empty(404)
    const web = client(trailingSlash()(echo))
    const response = await web.post('/echo/', { body: 'kept', redirect: 'follow' })
    expect(await response.json()).toBe('kept')
    expect(await location('/about/', {}, 'POST')).toBe('/about')
  })

  it('knows the mount that it is in', async () => {
    const inner: Application = ({ pathInfo }) => (pathInfo === '/a' ? text('a') : empty(404))
    const site = client(mount('/app', trailingSlash()(inner))(() => text('outside')))
    expect((await site.get('/app/a/')).headers.get('location')).toBe('/app/a')
    expect((await site.get('/app/')).headers.get('location')).toBe('/app')
    const adding = client(mount('/app', trailingSlash({ mode: 'add' })(inner))(() => text('outside')))
    expect((await adding.get('/app')).headers.get('location')).toBe('/app/')
  })

  it('cancels the body of the response that it replaces', async () => {
    let cancelled = 0
    const body = () =>
      new ReadableStream({
        cancel() {
          cancelled++
        },
      })
    await client(trailingSlash()(() => new Response(body(), { status: 404 }))).get('/x/')
    expect(cancelled).toBe(1)
  })

  it('is synchronous if the application is', () => {
    expect(trailingSlash()(() => text(''))(testEnviron('/x/'))).toBeInstanceOf(Response)
  })

  it('checks its options when it is created', () => {
    expect(() => trailingSlash({ mode: 'trim' as never })).toThrow(
      new TypeError(`trailingSlash: mode must be 'add' or 'remove', got "trim"`),
    )
    expect(() => trailingSlash({ mod: 'add' } as never)).toThrow("did you mean 'mode'?")
  })
})
