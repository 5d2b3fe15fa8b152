import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Application, HttpError, lint, mount, stack, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { importsOf } from '../../../scripts/sources.ts'
import { anHourAgo, Folder, inside, isInside, site } from '../test/site.ts'
import { memoryFiles, staticFiles } from './index.ts'

const folder = await Folder.create({
  'a.txt': '0123456789',
  'empty.txt': '',
  'about.html': 'About',
  'sub/index.html': 'Sub',
  'sub/secret.txt': 'secret',
  'bare/file.txt': 'bare',
  'data.constructor': 'data',
  LICENSE: 'MIT',
})

describe('staticFiles', () => {
  it('serves a file with its type, length, tag, date and Cache-Control', async () => {
    const response = await site(folder).get('/a.txt')
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      'content-length': '10',
      'content-type': 'text/plain; charset=utf-8',
      etag: expect.stringMatching(/^"a-[\da-z]+"$/),
      'last-modified': anHourAgo.toUTCString(),
    })
    expect(await response.text()).toBe('0123456789')
  })

  it('serves an empty file', async () => {
    const response = await site(folder).get('/empty.txt')
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '0',
      '',
    ])
  })

  it('sends files without a known ending as bytes', async () => {
    for (const path of ['/LICENSE', '/data.constructor']) {
      const response = await site(folder).get(path)
      expect(response.headers.get('content-type')).toBe('application/octet-stream')
    }
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'passes %s to the application inside',
    async (method) => {
      const response = await site(folder).request(method, '/a.txt')
      expect(await response.text()).toBe(`inside: ${method} /a.txt`)
    },
  )

  it('responds to HEAD with the fields of GET, the length of the file and no body', async () => {
    const web = site(folder)
    const get = await web.get('/a.txt')
    const head = await web.head('/a.txt')
    expect(head.status).toBe(200)
    expect([...head.headers]).toEqual([...get.headers])
    expect(head.body).toBeNull()
  })

  it('passes a request for no file on immediately, in the same turn', () => {
    const application = staticFiles(folder.path)(inside)
    for (const path of ['/none', '/bare', '/bare/', '/bare/none', '/a.txt/', '/a.txt/none'])
      expect(application(testEnviron(path))).toBeInstanceOf(Response)
  })

  it('passes a request for a folder without an index to the application inside', async () => {
    const web = site(folder)
    for (const path of ['/', '/bare', '/bare/']) expect(await isInside(await web.get(path))).toBe(true)
  })

  it('does not serve a file under its path with a slash', async () => {
    expect(await isInside(await site(folder).get('/a.txt/'))).toBe(true)
  })

  it('serves the index of a folder', async () => {
    const response = await site(folder).get('/sub/')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toBe('Sub')
  })

  it('redirects to the path of a folder with a slash and keeps the query', async () => {
    const application = mount('/static', staticFiles(folder.path)(inside))(inside)
    const response = await client(application).get('/static/sub?x=1')
    expect([response.status, response.headers.get('location')]).toEqual([308, '/static/sub/?x=1'])
  })

  it('redirects the path of its mount to the index', async () => {
    const root = await Folder.create({ 'index.html': 'Home' })
    const application = mount('/static', staticFiles(root.path)(inside))(inside)
    const response = await client(application).get('/static', { redirect: 'follow' })
    expect(await response.text()).toBe('Home')
    expect((await client(application).get('/static')).headers.get('location')).toBe('/static/')
  })

  it('serves another index, or none', async () => {
    const web = site(folder, { index: 'secret.txt' })
    expect(await (await web.get('/sub/')).text()).toBe('secret')
    const bare = site(folder, { index: false })
    for (const path of ['/sub', '/sub/']) expect(await isInside(await bare.get(path))).toBe(true)
  })

  it('tries endings if there is no such file', async () => {
    const web = site(folder, { extensions: ['htm', 'html'] })
    expect(await (await web.get('/about')).text()).toBe('About')
    expect(await isInside(await web.get('/about/'))).toBe(true)
    expect(await isInside(await site(folder).get('/about'))).toBe(true)
  })

  it('ends requests of its mount with the application that it wraps', async () => {
    const notFound: Application = () => {
      throw new HttpError(404)
    }
    const web = stack(mount('/static', staticFiles(folder.path)(notFound)))(() => text('site'))
    expect((await client(web).get('/static/none')).status).toBe(404)
    expect(await (await client(web).get('/none')).text()).toBe('site')
  })

  it('does not serve files to those whom a layer outside refuses', async () => {
    const login =
      (app: Application): Application =>
      (environ) => {
        if (environ.headers.get('authorization') === null) throw new HttpError(401)
        return app(environ)
      }
    const web = client(stack(login, staticFiles(folder.path))(inside))
    expect((await web.get('/a.txt')).status).toBe(401)
    expect((await web.get('/a.txt', { headers: { authorization: 'x' } })).status).toBe(200)
  })

  it('works twice, and inside and outside the linter', async () => {
    const other = await Folder.create({ 'b.txt': 'b' })
    const web = client(stack(staticFiles(folder.path), lint, staticFiles(other.path))(inside))
    expect(await (await web.get('/a.txt')).text()).toBe('0123456789')
    expect(await (await web.get('/b.txt')).text()).toBe('b')
    expect(await isInside(await web.get('/c.txt'))).toBe(true)
  })
})

describe('the content type', () => {
  it.each([
    ['page.html', 'text/html; charset=utf-8'],
    ['app.js', 'text/javascript; charset=utf-8'],
    ['app.mjs', 'text/javascript; charset=utf-8'],
    ['STYLE.CSS', 'text/css; charset=utf-8'],
    ['data.json', 'application/json'],
    ['feed.xml', 'text/xml'],
    ['logo.svg', 'image/svg+xml'],
    ['favicon.ico', 'image/x-icon'],
    ['photo.avif', 'image/avif'],
    ['film.mkv', 'video/matroska'],
    ['app.wasm', 'application/wasm'],
    ['font.woff2', 'font/woff2'],
    ['archive.tar.gz', 'application/gzip'],
    ['rows.jsonl', 'application/jsonl'],
    ['a.toString', 'application/octet-stream'],
    ['a.__proto__', 'application/octet-stream'],
    ['unknown.xyzzy', 'application/octet-stream'],
    ['a.', 'application/octet-stream'],
  ])('of %s is %s', async (name, type) => {
    const response = await client(staticFiles(memoryFiles({ [name]: '' }))(inside)).get(`/${name}`)
    expect(response.headers.get('content-type')).toBe(type)
  })
})

describe('caching', () => {
  it('sends the given Cache-Control', async () => {
    const response = await site(folder, { cacheControl: 'public, max-age=60' }).get('/a.txt')
    expect(response.headers.get('cache-control')).toBe('public, max-age=60')
  })

  it('asks a function for the Cache-Control of a path', async () => {
    const web = site(folder, {
      cacheControl: (path) => (path === '/sub/index.html' ? 'no-store' : undefined),
    })
    expect((await web.get('/sub/')).headers.get('cache-control')).toBe('no-store')
    expect((await web.get('/sub/secret.txt')).headers.get('cache-control')).toBe('no-cache')
  })

  it.each([
    ['an expression', /^\/sub\//],
    ['a global expression', /^\/sub\//g],
    ['a function', (path: string) => path.startsWith('/sub/')],
  ])('lets caches keep the files that %s matches for a year', async (_, immutable) => {
    const web = site(folder, { immutable })
    for (let round = 0; round < 2; round++) {
      const response = await web.get('/sub/secret.txt')
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    }
    const headers = { range: 'bytes=0-1' }
    const part = await web.get('/sub/secret.txt', { headers })
    expect([part.status, part.headers.get('cache-control')]).toEqual([
      206,
      'public, max-age=31536000, immutable',
    ])
    expect((await web.get('/a.txt')).headers.get('cache-control')).toBe('no-cache')
  })

  it('keeps immutable off errors, redirects and the application inside', async () => {
    const web = site(folder, { immutable: /./ })
    const beyond = await web.get('/a.txt', { headers: { range: 'bytes=10-' } })
    const failed = await web.get('/a.txt', { headers: { 'if-match': '"x"' } })
    const responses = [beyond, failed, await web.get('/sub'), await web.get('/none')]
    expect(responses.map(({ status }) => status)).toEqual([416, 412, 308, 404])
    expect(responses.map(({ headers }) => headers.get('cache-control'))).toEqual([null, null, null, null])
  })
})

it('reaches Node only through #folder', async () => {
  const source = import.meta.dirname
  const manifest = JSON.parse(await readFile(join(source, '../package.json'), 'utf8'))
  expect(manifest.imports['#folder'].workerd).toBe(manifest.imports['#folder'].default)
  const seen = new Set<string>()
  const visit = (file: string): string[] => {
    if (seen.has(file)) return []
    seen.add(file)
    return importsOf(file).flatMap((name) =>
      name.startsWith('.') ? visit(join(file, '..', name)) : name === '#folder' ? [] : [name],
    )
  }
  const outside = [...visit(join(source, 'index.ts')), ...visit(join(source, 'source/folder-none.ts'))]
  expect(seen.size).toBeGreaterThan(10)
  expect(outside.filter((name) => name.startsWith('node:'))).toEqual([])
})
