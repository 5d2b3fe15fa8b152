import { args, file, formBody, jsonBody, textBody } from '@tsgi/args'
import { HttpError, json, text, toFetch } from '@tsgi/core'
import { router } from '@tsgi/router'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createClient, ResponseError } from './index.ts'

const echo = args({ query: z.record(z.string(), z.union([z.string(), z.array(z.string())])) })(({ args }) =>
  json(args.query),
)
const inner = router({
  '/': { GET: () => text('all') },
  '/:id': {
    GET: ({ params, method }) => json({ ...params, method }),
    DELETE: () => new Response(null, { status: 204 }),
  },
})
const application = router({
  '/': { GET: ({ headers }) => json({ token: headers.get('authorization'), trace: headers.get('x-trace') }) },
  '/users{/*rest}': inner,
  '/books/{*rest}': inner,
  '/:org/members{/{*rest}}': inner,
  '/items/:id': { GET: ({ params }) => json(params) },
  '/files{/:folder}/*path': { GET: ({ params }) => json(params) },
  '/index/get/then/constructor': { GET: () => text('as written') },
  '/echo': { GET: echo },
  '/json': { POST: args({ body: jsonBody(z.object({ name: z.string() })) })(({ args }) => json(args.body)) },
  '/form': {
    POST: args({ body: z.object({ title: z.string(), tags: z.array(z.string()) }) })(({ args, headers }) =>
      json([args.body, headers.get('content-type')]),
    ),
  },
  '/upload': {
    POST: args({
      body: formBody(z.object({ title: z.string() }), { files: { cover: file({ maxSize: 100 }) } }),
    })(async ({ args: { body } }) => json([body.title, await body.cover.text()])),
  },
  '/text': { PUT: args({ body: textBody() })(({ args }) => json(args.body)) },
  '/missing': {
    GET: () => {
      throw new HttpError(404, 'No such user.')
    },
    PATCH: () => text('nothing', { status: 409 }),
    PUT: () => text('{', { status: 502, headers: { 'content-type': 'application/json' } }),
  },
})
const api = createClient<typeof application>('http://localhost/', { fetch: toFetch(application) })

describe('a client', () => {
  it('encodes the parameters of a path', async () => {
    expect(await api.get('/items/:id', { params: { id: 'a/b' } }).orThrow()).toEqual({ id: 'a/b' })
    const response = await createClient<typeof application>('http://localhost', {
      fetch: async ({ url }) => text(url),
    }).get('/items/:id', { params: { id: 'a/b' } })
    expect(await response.text()).toBe('http://localhost/items/a%2Fb')
    const params = { folder: 'é', path: ['a', 'b'] }
    expect(await api.get('/files{/:folder}/*path', { params }).orThrow()).toEqual(params)
  })

  it('builds the same paths as href, and throws for the same parameters', () => {
    const patterns = [
      '/',
      '/a b/:"na-me"',
      '/x\\:y\\?/:name.:ext',
      '/l{/:page{-:end}}',
      '/f/*path',
      '/é/:größe',
      '/{:a-}b',
    ]
    const table = router(Object.fromEntries(patterns.map((pattern) => [pattern, () => text('')])))
    const value = fc.option(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('.', '..', '', '\ud800'),
        fc.array(fc.string()),
      ),
      { nil: undefined },
    )
    const names = ['na-me', 'name', 'ext', 'page', 'end', 'path', 'größe', 'a']
    const params = fc.record(Object.fromEntries(names.map((name) => [name, value])))
    const urls: string[] = []
    const any = createClient<never>('http://localhost', {
      fetch: async ({ url }) => {
        urls.push(url)
        return text('')
      },
    }) as unknown as { get(pattern: string, init: object): Promise<Response> }
    return fc.assert(
      fc.asyncProperty(fc.constantFrom(...patterns), params, async (pattern, params) => {
        let path: string
        try {
          path = (table.href as (pattern: string, params: object) => string)(pattern, params)
        } catch {
          expect(await any.get(pattern, { params }).catch((error) => error)).toBeInstanceOf(TypeError)
          return
        }
        await any.get(pattern, { params })
        expect(urls.pop()).toBe(new URL(`http://localhost${path}`).href)
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    [{}, "client: '/items/:id' needs text for id"],
    [{ id: '' }, "client: '/items/:id' needs text for id"],
    [{ id: '\ud800' }, "client: '/items/:id' needs text for id"],
    [{ id: '..' }, "client: unsafe path '/items/..'"],
  ])('rejects the parameters %j', async (params, message) => {
    const reply = api.get('/items/:id', { params: params as { id: string } })
    await expect(reply).rejects.toThrow(new TypeError(message))
    await expect(reply.orThrow()).rejects.toThrow(message)
  })

  it('requests segments as they are written', async () => {
    const response = await api.get('/index/get/then/constructor')
    expect(await response.text()).toBe('as written')
  })

  it('sends a query: lists are repeated, undefined is left out', async () => {
    const query = { q: 'a b&c', tag: ['x', 'y'], none: undefined } as never
    expect(await api.get('/echo', { query }).orThrow()).toEqual({ q: 'a b&c', tag: ['x', 'y'] })
    expect(await api.get('/echo', { query: {} }).orThrow()).toEqual({})
  })

  it('sends JSON, forms, files and text', async () => {
    expect(await api.post('/json', { json: { name: 'Ada' } }).orThrow()).toEqual({ name: 'Ada' })
    const form = { title: 'Boats', tags: ['sea', 'sail'] }
    expect(await api.post('/form', { form }).orThrow()).toEqual([
      form,
      expect.stringContaining('multipart/form-data'),
    ])
    expect(await api.post('/form', { json: form }).orThrow()).toEqual([form, 'application/json'])
    const cover = new File(['…'], 'sea.png')
    expect(await api.post('/upload', { form: { title: 'Boats', cover } }).orThrow()).toEqual(['Boats', '…'])
    const data = new FormData()
    data.append('title', 'Boats')
    data.append('cover', cover)
    expect(await api.post('/upload', { form: data }).orThrow()).toEqual(['Boats', '…'])
    expect(await api.put('/text', { body: 'plain' }).orThrow()).toBe('plain')
  })

  it('returns a response of any status', async () => {
    const response = await api.get('/missing')
    expect(response).toBeInstanceOf(Response)
    expect(response.status).toBe(404)
  })

  it('throws problem details, or the status, from orThrow', async () => {
    const error = await api
      .get('/missing')
      .orThrow()
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({
      name: 'ResponseError',
      status: 404,
      message: 'GET http://localhost/missing: 404 No such user.',
      problem: { title: 'Not Found', detail: 'No such user.' },
    })
    await expect(api.patch('/missing').orThrow()).rejects.toMatchObject({ status: 409, problem: undefined })
    await expect(api.put('/missing').orThrow()).rejects.toMatchObject({ status: 502, problem: undefined })
    expect(await api.head('/').orThrow()).toBe(undefined)
    expect(
      await api
        .at('/users')
        .delete('/:id', { params: { id: '7' } })
        .orThrow(),
    ).toBe(undefined)
  })

  it('calls mounted routers, at the path of the mount and below', async () => {
    const mounts = [
      [api.at('/users'), '/users'],
      [api.at('/books/'), '/books/'],
      [api.at('/:org/members', { org: 'a b' }), '/a b/members'],
    ] as const
    for (const [mounted, path] of mounts) {
      expect(await (await mounted.get('/')).text(), path).toBe('all')
      expect(await mounted.get('/:id', { params: { id: '7' } }).orThrow(), path).toMatchObject({ id: '7' })
      const head = await mounted.head('/:id', { params: { id: '7' } })
      expect([head.status, await head.text()]).toEqual([200, ''])
    }
  })

  it('calls the routes of mounted routers by their whole patterns', async () => {
    const params = { org: 'a b', id: 'c/d' }
    expect(await (await api.get('/users')).text()).toBe('all')
    expect(await (await api.get('/books/')).text()).toBe('all')
    expect(await api.get('/:org/members/:id', { params }).orThrow()).toMatchObject(params)
    expect((await api.delete('/users/:id', { params: { id: '7' } })).status).toBe(204)
  })

  it('sends common headers, those of a function, and those of the call', async () => {
    const fetch = toFetch(application)
    const fixed = createClient<typeof application>('http://localhost', {
      fetch,
      headers: { authorization: 'Bearer a' },
    })
    expect(await fixed.get('/', { headers: { 'x-trace': '1' } }).orThrow()).toEqual({
      token: 'Bearer a',
      trace: '1',
    })
    const fresh = createClient<typeof application>('http://localhost', {
      fetch,
      headers: async () => ({ authorization: 'Bearer b' }),
    })
    expect(await fresh.get('/', { headers: { authorization: undefined } }).orThrow()).toEqual({
      token: 'Bearer b',
      trace: null,
    })
    const failing = createClient<typeof application>('http://localhost', {
      fetch,
      headers: () => Promise.reject(new Error('signed out')),
    })
    await expect(failing.get('/').orThrow()).rejects.toThrow('signed out')
  })

  it('passes the signal and the credentials on', async () => {
    const controller = new AbortController()
    const requests: Request[] = []
    const recording = createClient<typeof application>('http://localhost', {
      credentials: 'include',
      fetch: async (request) => {
        requests.push(request)
        return text('')
      },
    })
    await recording.get('/', { signal: controller.signal })
    expect(requests[0]?.credentials).toBe('include')
    controller.abort()
    expect(requests[0]?.signal.aborted).toBe(true)
  })

  it('rejects options that it does not know', () => {
    expect(() => createClient('', { header: {} } as never)).toThrow('client: unknown option header')
  })
})
