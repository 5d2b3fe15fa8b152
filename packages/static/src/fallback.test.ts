import { type Application, errorOf, HttpError, json, type Middleware, stack, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { Folder, inside, isInside, site } from '../test/site.ts'
import { staticFiles } from './index.ts'

const folder = await Folder.create({ 'index.html': 'the page', 'app.js': 'script', 'files/a.txt': 'a' })
const web = site(folder, { fallback: 'index.html' })
const navigate = { headers: { 'sec-fetch-mode': 'navigate', accept: 'text/html,*/*;q=0.8' } }
const browse = { headers: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } }

describe('the fallback', () => {
  it.each(['/graph', '/users/7/edit', '/files', '/files/', '/a.b/c', '/%zz', '//graph'])(
    'is the page for a browser that opens %s',
    async (path) => {
      for (const init of [navigate, browse]) {
        const response = await web.get(path, init)
        expect([response.status, await response.text()]).toEqual([200, 'the page'])
        expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      }
    },
  )

  it('is not for assets, scripts and programs', async () => {
    for (const path of ['/assets/x.deadbeef.js', '/x.png', '/users/john.doe'])
      expect(await isInside(await web.get(path, navigate))).toBe(true)
    for (const headers of [
      {},
      { accept: '*/*' },
      { accept: 'application/json' },
      { accept: 'image/png, */*' },
    ])
      expect(await isInside(await web.get('/graph', { headers }))).toBe(true)
    expect(await isInside(await web.post('/graph', navigate))).toBe(true)
  })

  it('responds to HEAD', async () => {
    const response = await web.head('/graph', navigate)
    expect([response.status, response.headers.get('content-length'), response.body]).toEqual([200, '8', null])
  })

  it('has the tag and Cache-Control of the file', async () => {
    const cached = site(folder, { fallback: 'index.html', cacheControl: (path) => `max-age=${path.length}` })
    const page = await cached.get('/graph', navigate)
    expect(page.headers.get('cache-control')).toBe('max-age=11')
    const headers = { ...navigate.headers, 'if-none-match': page.headers.get('etag')! }
    expect((await cached.get('/graph', { headers })).status).toBe(304)
  })

  it('tells caches which fields it depends on', async () => {
    expect((await web.get('/graph', navigate)).headers.get('vary')).toBe('Accept, Sec-Fetch-Mode')
  })

  it('takes precedence over an error 404, but over no other response', async () => {
    const app: Application = ({ pathInfo }) => {
      if (pathInfo === '/api') return json({ api: true })
      if (pathInfo === '/gone') return text('gone', { status: 410 })
      throw new HttpError(pathInfo === '/forbidden' ? 403 : 404)
    }
    const site = client(stack(staticFiles(folder.path, { fallback: 'index.html' }))(app))
    expect(await (await site.get('/api', navigate)).json()).toEqual({ api: true })
    expect((await site.get('/gone', navigate)).status).toBe(410)
    expect((await site.get('/forbidden', navigate)).status).toBe(403)
    expect(await (await site.get('/graph', navigate)).text()).toBe('the page')
  })

  it('does not replace the 404 of a route that exists', async () => {
    const { router } = await import('@tsgi/router')
    const routes = router(stack(staticFiles(folder.path, { fallback: 'index.html' })), {
      '/users/:id': () => text('There is no such user', { status: 404 }),
    })
    const site = client(routes)
    expect(await (await site.get('/users/7', navigate)).text()).toBe('There is no such user')
    expect(await (await site.get('/graph', navigate)).text()).toBe('the page')
  })

  it('cancels the body that it replaces', async () => {
    let isCancelled = false
    const chunks = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: 'x' }),
        return: async () => {
          isCancelled = true
          return { done: true as const, value: undefined }
        },
      }),
    }
    const app = staticFiles(folder.path, { fallback: 'index.html' })(() => stream(chunks, { status: 404 }))
    expect(await (await client(app).get('/graph', navigate)).text()).toBe('the page')
    expect(isCancelled).toBe(true)
  })

  it('is not the error page of layers outside', async () => {
    const seen: unknown[] = []
    const outside: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      seen.push(errorOf(response))
      return response
    }
    const app: Application = () => {
      throw new HttpError(404)
    }
    await client(stack(outside, staticFiles(folder.path, { fallback: 'index.html' }))(app)).get(
      '/graph',
      navigate,
    )
    expect(seen).toEqual([undefined])
  })

  it('may disappear later', async () => {
    const other = await Folder.create({ 'app.html': 'app' })
    const site = client(staticFiles(other.path, { fallback: 'app.html' })(inside))
    await other.remove('app.html')
    expect(await isInside(await site.get('/graph', navigate))).toBe(true)
  })
})
