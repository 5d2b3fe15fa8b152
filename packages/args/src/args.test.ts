import { type Application, errorOf, extend, HttpError, json, type Middleware, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args } from './args.ts'
import { schemasOf } from './openapi/declaration.ts'

const params =
  <P extends object>(params: P): Middleware<{ params: P }> =>
  (app) =>
  (environ) =>
    app(extend(environ, { params }))

describe('args', () => {
  it('adds the output of each schema that was declared, and nothing else', async () => {
    const all = args({
      path: z.object({ id: z.coerce.number() }),
      query: z.object({ page: z.coerce.number().default(1) }),
      headers: z.object({ 'x-token': z.string() }),
      cookies: z.object({ theme: z.enum(['dark', 'light']) }),
      body: z.object({ name: z.string() }),
    })
    const app = stack(params({ id: '7', other: 'x' }), all)(({ args }) => json(args))
    const response = await client(app).post('/?page=2&utm=x', {
      json: { name: 'Ada', admin: true },
      headers: { 'X-Token': 'abc', cookie: 'theme=dark; other=1' },
    })
    expect(await response.json()).toEqual({
      path: { id: 7 },
      query: { page: 2 },
      headers: { 'x-token': 'abc' },
      cookies: { theme: 'dark' },
      body: { name: 'Ada' },
    })
    const few = await client(args({})(({ args }) => json(args))).get('/')
    expect(await few.json()).toEqual({})
  })

  it('answers everything that is invalid with one 422', async () => {
    const app = args({
      query: z.object({ page: z.coerce.number(), q: z.string() }),
      cookies: z.object({ theme: z.string() }),
      body: z.object({ tags: z.array(z.string().max(3)) }),
    })(() => text('never'))
    const response = await client(app).post('/?page=x&q=1&q=2', { json: { tags: ['sea', 'boats'] } })
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status: 422,
      detail: 'query.q: Invalid input: given more than once (and 3 more)',
      errors: [
        { in: 'query', path: ['q'], code: 'repeated', message: 'Invalid input: given more than once' },
        { in: 'query', path: ['page'], code: 'invalid_type', message: expect.stringContaining('number') },
        { in: 'cookies', path: ['theme'], code: 'invalid_type', message: expect.stringContaining('string') },
        { in: 'body', path: ['tags', 1], code: 'too_big', message: expect.stringContaining('<=3') },
      ],
    })
  })

  it('throws an HttpError, which middleware outside reads by errorOf', async () => {
    let seen: unknown
    const outer: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      seen = errorOf(response)
      return response
    }
    const app = stack(outer, args({ query: z.object({ q: z.string() }) }))(() => text('never'))
    expect((await client(app).get('/')).status).toBe(422)
    expect(seen).toBeInstanceOf(HttpError)
  })

  it('tells at most a hundred errors of a part', async () => {
    const app = args({ body: z.array(z.string()) })(() => text('never'))
    const response = await client(app).post('/', { json: new Array(5000).fill(1) })
    expect(((await response.json()) as { errors: unknown[] }).errors).toHaveLength(100)
  })

  it('cuts what a client may have written into an error', async () => {
    const body = z.record(z.string(), z.array(z.number()))
    const json = { ['k'.repeat(500_000)]: new Array(200).fill('x') }
    const response = await client(args({ body })(() => text(''))).post('/', { json })
    expect(response.status).toBe(422)
    expect((await response.text()).length).toBeLessThan(50_000)
    const strict = client(args({ query: z.strictObject({}) })(() => text('')))
    const unknown = await strict.get(`/?${'k'.repeat(5000)}`)
    expect((await unknown.text()).length).toBeLessThan(1000)
  })

  it('waits for asynchronous schemas', async () => {
    const Free = z.string().refine(async (name) => Promise.resolve(name !== 'taken'), 'is taken')
    const web = client(args({ query: z.object({ name: Free }) })(({ args }) => text(args.query.name)))
    expect(await (await web.get('/?name=free')).text()).toBe('free')
    expect(await (await web.get('/?name=taken')).json()).toMatchObject({ errors: [{ message: 'is taken' }] })
  })

  it('lets what a schema throws pass, as a fault of the application', async () => {
    const query = z.object({}).refine(() => {
      throw new Error('no database')
    })
    const web = client(
      args({ query })(() => text('')),
      { errors: { write() {} } },
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toEqual([new Error('no database')])
  })

  it('takes the schemas of zod/mini', async () => {
    const mini = await import('zod/mini')
    const Query = mini.object({ tag: mini._default(mini.array(mini.string()), []) })
    const web = client(args({ query: Query })(({ args }) => json(args.query.tag)))
    expect(await (await web.get('/?tag=a')).json()).toEqual(['a'])
  })

  it('decodes cookies and keeps the first of two', async () => {
    const web = client(args({ cookies: z.object({ a: z.string() }) })(({ args }) => text(args.cookies.a)))
    const response = await web.get('/', { headers: { cookie: 'a=%C3%A9; a=2' } })
    expect(await response.text()).toBe('é')
  })

  it('refuses more query fields or cookies than allowed', async () => {
    const limits = { fields: 3 }
    const query = client(args({ query: z.looseObject({}), limits })(() => text('ok')))
    expect((await query.get('/?a&b&c')).status).toBe(200)
    expect((await query.get('/?a&b&c&d')).status).toBe(400)
    const cookies = client(args({ cookies: z.looseObject({}), limits })(() => text('ok')))
    expect((await cookies.get('/', { headers: { cookie: 'a=1; b=1; c=1' } })).status).toBe(200)
    expect((await cookies.get('/', { headers: { cookie: 'a=1; b=1; c=1; d=1' } })).status).toBe(400)
  })

  it('composes, and joins what was declared', async () => {
    const Query = z.object({ q: z.string() })
    const Body = z.object({ n: z.number() })
    const app = stack(args({ query: Query }), args({ body: Body }))(({ args }) => json(args))
    expect(schemasOf(app)).toMatchObject({ query: Query, body: { schema: Body } })
    const response = await client(app).post('/?q=a', { json: { n: 1 } })
    expect(await response.json()).toEqual({ query: { q: 'a' }, body: { n: 1 } })
  })

  it('refuses a part that is declared twice', () => {
    const query = z.object({})
    const twice = () => args({ query })(args({ query })(() => text('')))
    expect(twice).toThrow(new TypeError('args: query is declared twice'))
  })

  it('says so where nothing provides the path that was declared', async () => {
    const app = args({ path: z.object({}) })(() => text('')) as Application<never> as Application
    const web = client(app, { errors: { write() {} } })
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain('nothing outside adds params')
  })

  it.each([
    [undefined, 'args: options must be an object'],
    [{ quary: z.object({}) }, "args: there is no option 'quary'"],
    [{ query: {} }, 'args: query must be a schema of zod 4'],
    [{ body: 'json' }, 'args: body must be a schema of zod 4'],
    [{ headers: z.object({ 'X-A': z.string() }) }, 'args: headers.X-A must be in lower case'],
    [{ returns: { ok: z.any() } }, "args: returns has 'ok', which is no status"],
    [{ returns: { 200: 1 } }, 'args: returns[200] must be a schema of zod 4'],
    [{ onInvalid: 'page' }, 'args: onInvalid must be a function'],
    [{ limits: { body: 0 } }, 'args: limits.body must be a positive integer, got 0'],
    [{ limits: { bodySize: 1 } }, "args: there is no limit 'bodySize'"],
  ])('names the option that is wrong: %o', (options, message) => {
    expect(() => args(options as object)).toThrow(new TypeError(message))
  })
})
