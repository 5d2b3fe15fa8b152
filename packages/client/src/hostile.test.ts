import { args, file, formBody, jsonBody } from '@tsgi/args'
import { json, text, toFetch } from '@tsgi/core'
import { router } from '@tsgi/router'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type ClientOptions, createClient, ResponseError } from './index.ts'

type Call = (pattern: string, init?: object) => Promise<Response> & { orThrow(): Promise<unknown> }

/** A client without types, for calls that do not compile. */
const untyped = (options: ClientOptions, base = 'http://localhost') =>
  createClient<never>(base, options) as unknown as Record<'get' | 'post' | 'put' | 'patch', Call>

/** Sends a request and returns it. */
async function sent(init: object, pattern = '/', method: 'get' | 'put' = 'get'): Promise<Request> {
  const fetch = vi.fn(async (_: Request) => text(''))
  await untyped({ fetch })[method](pattern, init)
  return fetch.mock.calls[0]![0]
}

/** The rejection of `orThrow` for a response. */
const thrown = (body: string | null, init: ResponseInit) =>
  untyped({ fetch: async () => new Response(body, init) })
    .get('/')
    .orThrow()
    .catch((error: unknown) => error)

const typed = (type: string) => ({ headers: { 'content-type': type } })

describe('parameters', () => {
  it.each(['__proto__', 'constructor', 'toString', 'then'])(
    'are only read if they are own: %s',
    async (name) => {
      await expect(sent({ params: {} }, `/:${name}`)).rejects.toThrow(
        `client: '/:${name}' needs text for ${name}`,
      )
      const { url } = await sent({ params: JSON.parse(`{ "${name}": "a b" }`) }, `/:"${name}"`)
      expect(url).toBe('http://localhost/a%20b')
    },
  )

  it.each([
    ['/a/:x:y', { x: '.', y: '.' }],
    ['/*path', { path: ['', 'evil.example'] }],
    ['/a/*path', { path: ['b', '..', 'c'] }],
    ['/a/*path', { path: [] }],
    ['/a/*path', { path: 'text' }],
    ['/:id', { id: ['a'] }],
    ['/:id', { id: 7 }],
    ['/:id', { id: null }],
  ])('do not change the path %s: %j', async (pattern, params) => {
    await expect(sent({ params }, pattern)).rejects.toThrow(TypeError)
  })
})

describe('a query', () => {
  it('has dates in ISO 8601 and any number of values', async () => {
    const query = {
      at: new Date(0),
      no: undefined,
      none: null,
      n: Number.NaN,
      big: 10n,
      list: [1, null, 2],
      lone: '\ud800',
    }
    const { url } = await sent({ query })
    expect(url.split('?')[1]).toBe(
      'at=1970-01-01T00%3A00%3A00.000Z&n=NaN&big=10&list=1&list=2&lone=%EF%BF%BD',
    )
    expect(new URL((await sent({ query: { n: Array(200_000).fill(1) } })).url).search).toHaveLength(800_000)
    expect((await sent({ query: new URLSearchParams('a=1&a=2') })).url).toBe('http://localhost/?a=1&a=2')
  })
})

describe('headers', () => {
  it.each([
    [new Headers({ 'x-a': '1' }), '1'],
    [[['x-a', '1']], '1'],
    [{ 'x-a': ['1', '2'] }, '1,2'],
    [{ 'x-a': null }, null],
  ])('may be of any kind: %o', async (headers, value) => {
    expect((await sent({ headers })).headers.get('x-a')).toBe(value)
  })

  it('must be valid', async () => {
    await expect(sent({ headers: { 'x-a': '1\r\nx-b: 2' } })).rejects.toThrow(TypeError)
  })
})

describe('a body', () => {
  it('may be JSON of another media type', async () => {
    const Patch = jsonBody(z.object({ name: z.string() }))
    const application = router({
      '/': { PATCH: args({ body: Patch })(({ headers }) => text(headers.get('content-type')!)) },
    })
    const api = createClient<typeof application>('http://localhost', { fetch: toFetch(application) })
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect(await (await api.patch('/', { json: { name: 'Ada' }, headers })).text()).toBe(
      'application/merge-patch+json',
    )
  })

  it('may be a form whose files are all left out, or that is empty', async () => {
    const body = formBody(z.object({ title: z.string().optional() }), {
      files: { cover: file({ maxSize: 100, optional: true }) },
    })
    const application = router({
      '/': { POST: args({ body })(({ args }) => json({ title: args.body.title ?? null })) },
    })
    const api = createClient<typeof application>('http://localhost', { fetch: toFetch(application) })
    expect(await api.post('/', { form: { title: 'Boats' } }).orThrow()).toEqual({ title: 'Boats' })
    expect(await api.post('/', { form: {} }).orThrow()).toEqual({ title: null })
  })

  it('may be a stream', async () => {
    const request = await sent({ body: new Blob(['streamed']).stream() }, '/', 'put')
    expect(await request.text()).toBe('streamed')
  })

  it('rejects if it is not JSON', async () => {
    await expect(sent({ json: 1n }, '/', 'put')).rejects.toThrow(TypeError)
  })
})

describe('options', () => {
  it.each(['http://ada:secret@localhost', 'http://localhost?a', 'http://localhost#a', undefined, null, 7])(
    'must have a base without credentials or query, unlike %s',
    (base) => {
      const create = () => createClient(base as string)
      expect(create).toThrow(new TypeError('client: base must be a URL without credentials or query'))
    },
  )

  it.each([
    [
      'throws',
      () => {
        throw new Error('offline')
      },
      'offline',
    ],
    ['rejects', () => Promise.reject(new Error('offline')), 'offline'],
  ])('may have a fetch that %s', async (_, fetch, message) => {
    const reply = untyped({ fetch }).get('/')
    await expect(reply).rejects.toThrow(message)
    await expect(reply.orThrow()).rejects.toThrow(message)
  })

  it.each([undefined, null, false, {}])('may have a fetch that returns %s', async (result) => {
    const fetch = (async () => result) as unknown as () => Promise<Response>
    await expect(untyped({ fetch }).get('/').orThrow()).rejects.toThrow(TypeError)
  })
})

describe('a response', () => {
  it.each([
    [204, null, 'application/json', undefined],
    [200, '', 'application/json', undefined],
    [200, '<p>', 'text/html', undefined],
    [200, '{"a":1}', 'text/plain', undefined],
    [200, '{"__proto__":{"a":1}}', 'Application/JSON;charset=utf-8', JSON.parse('{"__proto__":{"a":1}}')],
  ])('of status %i with %j and the type %s has the JSON %j', async (status, body, type, value) => {
    const json = await thrown(body, { status, ...typed(type) })
    expect(json).toEqual(value)
    expect((json as { a?: number } | undefined)?.a).toBe(undefined)
  })

  it('whose body is not JSON is cancelled', async () => {
    const cancelled = vi.fn()
    const body = new ReadableStream({ cancel: cancelled })
    const fetch = async () => new Response(body, typed('text/event-stream'))
    expect(await untyped({ fetch }).get('/').orThrow()).toBe(undefined)
    expect(cancelled).toHaveBeenCalledOnce()
  })

  it.each([
    'null',
    '"text"',
    '5',
    '[]',
    '{',
    '{"detail":{"toString":1}}',
    '{"title":null}',
    '{"__proto__":{"detail":"x"}}',
  ])('may have the invalid problem details %s', async (body) => {
    const error = await thrown(body, { status: 400, statusText: 'Bad', ...typed('application/problem+json') })
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ status: 400, message: 'GET http://localhost/: 400 Bad' })
  })

  it('may fail while it is read', async () => {
    const failing = (status: number) => async () =>
      new Response(new ReadableStream({ pull: (body) => body.error(new Error('reset')) }), {
        status,
        ...typed('a/json'),
      })
    await expect(
      untyped({ fetch: failing(200) })
        .get('/')
        .orThrow(),
    ).rejects.toThrow('reset')
    await expect(
      untyped({ fetch: failing(500) })
        .get('/')
        .orThrow(),
    ).rejects.toMatchObject({ status: 500, problem: undefined })
  })
})

it('is not sent if its signal has aborted', async () => {
  const signal = AbortSignal.abort(new Error('too late'))
  await expect(
    (createClient<never>('http://127.0.0.1:1') as unknown as { get: Call }).get('/', { signal }),
  ).rejects.toThrow('too late')
})
