import { type Application, mount, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe as described, route, router } from '@tsgi/router'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args } from '../index.ts'
import { type DocsOptions, docs, scalar, type Viewer } from './docs.ts'

const small: Viewer = {
  scripts: [{ name: 'viewer.js', content: 'show("é")' }],
  styles: [{ name: 'viewer.css', content: 'body { color: navy }' }],
  start: 'show(url, element)',
}
const info = { title: 'Users & <friends>', version: '1.0.0', viewer: small }
const api = router({ '/users/:id': { GET: () => text('a user') } })
const site = (options: Partial<DocsOptions> = {}, path = '/docs') =>
  client(stack(mount(path, docs(api, { ...info, ...options })))(api))

/** Returns the URLs of the page's files, resolved as a browser does. */
async function filesOf(web: ReturnType<typeof client>, path: string): Promise<string[]> {
  const page = await (await web.get(path)).text()
  return [...page.matchAll(/(?:src|href)="(\.[^"]+)"/g)].map(
    ([, url]) => new URL(url!, `http://localhost${path}`).pathname,
  )
}

describe('docs', () => {
  it.each([
    ['/docs', '/docs'],
    ['/docs/', '/docs'],
    ['/a%20b/docs?tab=1', '/a%20b/docs'],
  ])('serves a page at %s whose files can be loaded', async (path, folder) => {
    const web = site({}, folder)
    const files = await filesOf(web, path)
    expect(files).toEqual([
      expect.stringMatching(/\/docs\/viewer\.[\da-f]{16}\.css$/),
      expect.stringMatching(/\/docs\/viewer\.[\da-f]{16}\.js$/),
      expect.stringMatching(/\/docs\/start\.[\da-f]{16}\.js$/),
    ])
    for (const file of files) {
      const response = await web.get(file)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(response.headers.get('content-type')).toMatch(/^text\/(?:css|javascript); charset=utf-8$/)
    }
  })

  it('does not double the prefix of a mount', async () => {
    const web = client(stack(mount('/api', stack(mount('/docs', docs(api, info)))(api)))(() => text('home')))
    expect(await filesOf(web, '/api/docs')).toEqual(await filesOf(web, '/api/docs/'))
    const document = await (await web.get('/api/docs/openapi.json')).json()
    expect(new URL(document.servers[0].url, 'http://localhost/api/docs/openapi.json').pathname).toBe('/api/')
    expect(Object.keys(document.paths)).toEqual(['/users/{id}'])
  })

  it('works as a route of a table', async () => {
    const app = router({ '/docs{/*rest}': docs(api, info) }, { fallback: api })
    const [file] = await filesOf(client(app), '/docs')
    const response = await client(app).get(file!)
    expect(response.status).toBe(200)
  })

  it('escapes the title, and has no script in the page itself', async () => {
    const page = await (await site().get('/docs')).text()
    expect(page).toContain('<title>Users &#38; &#60;friends&#62;</title>')
    expect(page.match(/<script(?! src=)/g)).toBe(null)
  })

  it('allows only its own files and the servers of the document, without an upgrade to https', async () => {
    const policy = async (options: Partial<DocsOptions>) =>
      (await site(options).get('/docs')).headers.get('content-security-policy')
    expect(await policy({})).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    const servers = [{ url: 'https://api.example/v1' }, { url: 'https://api.example/v2' }, { url: '/v3' }]
    expect(await policy({ servers })).toContain("connect-src 'self' https://api.example;")
    const region = { default: 'eu', enum: ['eu', 'us'] }
    const regional = [
      { url: 'https://{region}.example:8443/{v}', variables: { region, v: { default: '1' } } },
    ]
    expect(await policy({ servers: regional })).toContain(
      "connect-src 'self' https://eu.example:8443 https://us.example:8443;",
    )
    const odd = [
      'http://a;script-src',
      'http://b\'"',
      'https://{c}.example',
      'ws://d',
      'http://[::1]:80/',
      'x',
    ]
    expect(await policy({ servers: odd.map((url) => ({ url })) })).toContain(
      "connect-src 'self' http://[::1];",
    )
  })

  it.each(['br', 'gzip'])('compresses files and the document with %s', async (encoding) => {
    const headers = { 'accept-encoding': encoding }
    const [file] = await filesOf(site(), '/docs')
    for (const path of [file!, '/docs/openapi.json']) {
      const response = await site().get(path, { headers })
      expect(response.headers.get('content-encoding')).toBe(encoding)
      expect(response.headers.get('vary')).toBe('Accept-Encoding')
      const plain = await site().get(path)
      expect(plain.headers.get('content-encoding')).toBe(null)
      expect(response.headers.get('etag')).not.toBe(plain.headers.get('etag'))
    }
  })

  it('serves Swagger UI in at most 450 KB', async () => {
    const web = client(docs(api, { title: 'Users', version: '1.0.0' }))
    const files = await filesOf(web, '/')
    expect(files).toHaveLength(3)
    let size = 0
    for (const path of ['/', '/openapi.json', ...files]) {
      const response = await web.get(path, { headers: { 'accept-encoding': 'br' } })
      size += (await response.bytes()).length
    }
    expect(size).toBeLessThan(450_000)
  })

  it('serves the document with an ETag', async () => {
    const web = site()
    const response = await web.get('/docs/openapi.json')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const etag = response.headers.get('etag')!
    const again = await web.get('/docs/openapi.json', { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect(again.headers.get('etag')).toBe(etag)
    const head = await web.head('/docs/openapi.json')
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('rejects other methods and paths', async () => {
    const web = site()
    const post = await web.post('/docs')
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    for (const path of ['/docs/viewer.js', '/docs/start.0000000000000000.js', '/docs/openapi.json/']) {
      expect((await web.get(path)).status, path).toBe(404)
    }
  })

  it('has no route for itself in any document', async () => {
    const all = stack(mount('/docs', docs(api, info)))(api)
    const response = await client(docs(all, info)).get('/openapi.json')
    expect(Object.keys((await response.json()).paths)).toEqual(['/users/{id}'])
  })

  it('makes a public and an internal document, each with only its own schemas', async () => {
    const body = (id: string) => args({ body: z.object({ name: z.string() }).meta({ id }) })(() => text(''))
    const handler: Application = () => text('')
    const app = router({
      '/users': { POST: body('User') },
      '/debug': { POST: route({ hidden: true }, body('Debug')) },
      '/admin/*rest': stack(described({ tags: ['admin'] }))(
        router({ '/users': { POST: body('Admin') }, '/': handler }),
      ),
    })
    const documentOf = async (options: Partial<DocsOptions>) =>
      (await client(docs(app, { ...info, ...options })).get('/openapi.json')).json()
    const internal = await documentOf({})
    expect(Object.keys(internal.paths)).toEqual(['/users', '/admin/users'])
    expect(Object.keys(internal.components.schemas)).toEqual(expect.arrayContaining(['User', 'Admin']))
    const open = await documentOf({ filter: ({ metadata }) => !metadata.tags?.includes('admin') })
    expect(Object.keys(open.paths)).toEqual(['/users'])
    expect(JSON.stringify(open)).not.toMatch(/Admin|Debug/)
  })

  it.each<[object, string]>([
    [{ title: '' }, 'docs: title must be text that is not empty, got ""'],
    [{ version: undefined }, 'docs: version must be text that is not empty, got undefined'],
    [{ pth: '/docs' }, "docs: unknown option 'pth', did you mean 'path'?"],
    [{ path: 'docs' }, 'docs: path must be a path such as \'/docs\', got "docs"'],
    [{ path: '/docs/' }, "docs: path must be a path such as '/docs'"],
    [{ viewer: scalar }, 'docs: viewer must be a viewer such as scalar(), got a function'],
    ...[
      { name: '"><script>', content: '' },
      { name: '../a.js', content: '' },
      { name: 'a.js', content: null },
    ].map((file): [object, string] => [
      { viewer: { ...small, scripts: [file] } },
      'docs: viewer must be a viewer such as scalar(), got an instance of Object',
    ]),
    [{ servers: ['https://api.example'] }, 'docs: servers must be a list of servers such as'],
    [{ security: [{ key: 'read' }] }, 'docs: security must be a list of requirements'],
    [{ security: [{ key: [] }] }, "openapi: security names 'key', which no route declares"],
    [{ filter: true }, 'docs: filter must be a function, got true'],
    [{ filter: async () => true }, 'openapi: filter must return true or false, got an instance of Promise'],
    [{ filter: () => null }, 'openapi: filter must return true or false, got null'],
  ])('throws for the options %o', (options, message) => {
    expect(() => docs(api, { ...info, ...options })).toThrow(message)
  })

  it('says how to install a viewer that is missing', () => {
    expect(() => scalar()).toThrow(
      'docs: the package @scalar/api-reference is not installed. Run: npm install',
    )
  })
})
