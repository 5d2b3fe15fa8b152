import { type Application, errorOf, extend, HttpError, json, type Middleware, stack, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { args, formBody, jsonBody, schemasOf } from './index.ts'

const withParams =
  <P extends object>(params: P): Middleware<{ params: P }> =>
  (app) =>
  (environ) =>
    app(extend(environ, { params }))
const quiet = { errors: { write() {} } }

describe('args', () => {
  it('adds the output of each declared schema to the environ, and nothing else', async () => {
    const all = args({
      path: z.object({ id: z.coerce.number() }),
      query: z.object({ page: z.coerce.number().default(1) }),
      headers: z.object({ 'x-token': z.string() }),
      cookies: z.object({ theme: z.enum(['dark', 'light']) }),
      body: z.object({ name: z.string() }),
    })
    const app = stack(withParams({ id: '7', other: 'x' }), all)(({ args }) => json(args))
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
    const none = await client(args({})(({ args }) => json(args))).get('/')
    expect(await none.json()).toEqual({})
  })

  it('returns a single 422 with all errors', async () => {
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

  it('throws the 422 as an HttpError, which a stack turns into a response', async () => {
    const query = args({ query: z.object({ q: z.string() }) })(() => text('never'))
    expect(() => query(testEnviron('/'))).toThrow(HttpError)
    let seen: unknown
    const outer: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      seen = errorOf(response)
      return response
    }
    expect((await client(stack(outer)(query)).get('/')).status).toBe(422)
    expect(seen).toBeInstanceOf(HttpError)
  })

  it('reports at most 100 errors per part', async () => {
    const app = args({ body: z.array(z.string()) })(() => text('never'))
    const response = await client(app).post('/', { json: new Array(5000).fill(1) })
    expect(((await response.json()) as { errors: unknown[] }).errors).toHaveLength(100)
  })

  it('truncates long keys and messages, which a client may have written', async () => {
    const body = z.record(z.string(), z.array(z.number()))
    const json = { ['k'.repeat(500_000)]: new Array(200).fill('x') }
    const response = await client(args({ body })(() => text(''))).post('/', { json })
    expect(response.status).toBe(422)
    expect((await response.text()).length).toBeLessThan(50_000)
    const strict = client(args({ query: z.strictObject({}) })(() => text('')))
    const unknown = await strict.get(`/?${'k'.repeat(5000)}`)
    expect((await unknown.text()).length).toBeLessThan(1000)
  })

  it('returns 500 and reports the error if a schema throws', async () => {
    const query = z.object({}).refine(() => {
      throw new Error('no database')
    })
    const web = client(
      args({ query })(() => text('')),
      quiet,
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toEqual([new Error('no database')])
  })

  it('decodes cookies and keeps the first of two with the same name', async () => {
    const web = client(args({ cookies: z.object({ a: z.string() }) })(({ args }) => text(args.cookies.a)))
    const response = await web.get('/', { headers: { cookie: 'a=%C3%A9; a=2' } })
    expect(await response.text()).toBe('é')
  })

  it('passes a header or cookie as a list if its schema is a list', async () => {
    const list = z.array(z.string())
    const app = args({ headers: z.object({ 'x-tag': list }), cookies: z.object({ a: list }) })
    const web = client(app(({ args }) => json(args)))
    const response = await web.get('/', { headers: { 'x-tag': 'sea', cookie: 'a=1' } })
    expect(await response.json()).toEqual({ headers: { 'x-tag': ['sea'] }, cookies: { a: ['1'] } })
  })

  it('returns 400 if there are more query fields or cookies than allowed', async () => {
    const limits = { maxFields: 3 }
    const query = client(args({ query: z.looseObject({}), limits })(() => text('ok')))
    expect((await query.get('/?a&b&c')).status).toBe(200)
    expect((await query.get('/?a&b&c&d')).status).toBe(400)
    const cookies = client(args({ cookies: z.looseObject({}), limits })(() => text('ok')))
    expect((await cookies.get('/', { headers: { cookie: 'a=1; b=1; c=1' } })).status).toBe(200)
    expect((await cookies.get('/', { headers: { cookie: 'a=1; b=1; c=1; d=1' } })).status).toBe(400)
  })

  it('merges the arguments of two args in a stack', async () => {
    const Query = z.object({ q: z.string() })
    const Body = z.object({ n: z.number() })
    const app = stack(args({ query: Query }), args({ body: Body }))(({ args }) => json(args))
    expect(schemasOf(app)).toMatchObject({ query: Query, body: { schema: Body } })
    const response = await client(app).post('/?q=a', { json: { n: 1 } })
    expect(await response.json()).toEqual({ query: { q: 'a' }, body: { n: 1 } })
  })

  it('gives its keys to a function inside other middleware', async () => {
    const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
    const same: Middleware = (app) => (environ) => app(environ)
    const named = args({ body: z.object({ name: z.string() }) })
    const paged = args({ query: z.object({ page: z.coerce.number() }) })
    const app: Application = named(
      same(user(paged(({ args, user }) => json([args.body.name, args.query.page, user])))),
      ({ values }, { method }) => json([values.body.name, method], { status: 422 }),
    )
    const web = client(app)
    const response = await web.post('/?page=2', { json: { name: 'Bob' } })
    expect(await response.json()).toEqual(['Bob', 2, 'Ada'])
    expect(await (await web.post('/?page=2', { json: { name: 1 } })).json()).toEqual([1, 'POST'])

    const byId = args({ path: z.object({ id: z.coerce.number() }) })
    const one = byId(same(({ args, params }) => json([args.path.id, params.id])))
    expectTypeOf(one).toExtend<Application<{ params: { id: string } }>>()
    expectTypeOf(one).not.toExtend<Application>()
    const inRouter = router(stack(user), {
      '/:id': { GET: byId(same(({ args, params, user }) => json([args.path.id, params.id, user]))) },
    })
    expect(await (await client(inRouter).get('/7')).json()).toEqual([7, '7', 'Ada'])
  })

  it('throws if the same part is declared twice', () => {
    const query = z.object({})
    const twice = () => args({ query })(args({ query })(() => text('')))
    expect(twice).toThrow(new TypeError('args: query is declared twice'))
  })

  it('throws if the same part is declared twice in a stack', () => {
    const plain: Middleware = (app) => (environ) => app(environ)
    const query = args({ query: z.object({}) })
    expect(() => stack(query, plain, query)(() => text(''))).toThrow('args: query is declared twice')
  })

  it('reports that params are missing if path is declared outside a router', async () => {
    const app = args({ path: z.object({}) })(() => text('')) as Application<never> as Application
    const web = client(app, quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain('environ.params is missing. Put the application in a router.')
  })
})

describe('the options of args', () => {
  it.each([
    [undefined, 'args: options must be an object, got undefined'],
    [{ quary: z.object({}) }, "args: unknown option 'quary', did you mean 'query'?"],
    [{ query: {} }, 'args: query must be a Standard Schema, such as a zod schema, got an instance of Object'],
    [{ query: undefined }, 'args: query is undefined; leave it out if there is none'],
    [{ body: 'json' }, 'args: body must be a Standard Schema, such as a zod schema, got "json"'],
    [{ headers: z.object({ 'X-A': z.string() }) }, 'args: headers must have names in lower case, got "X-A"'],
    [{ responses: { ok: z.any() } }, 'args: responses must have statuses from 200 to 599 as keys, got "ok"'],
    [
      { responses: { 200: 1 } },
      'args: responses[200] must be a Standard Schema, such as a zod schema, got 1',
    ],
    [{ onInvalid: 'page' }, 'args: onInvalid must be a function, got "page"'],
    [
      { limits: { maxBodySize: 0 } },
      "args: limits: maxBodySize must be a size from 1 to 9007199254740991 bytes, as a number of bytes or text such as '64KiB' or '16MiB', got 0",
    ],
    [{ limits: { maxFile: 1 } }, "args: limits: unknown option 'maxFile', did you mean 'maxFiles'?"],
  ])('are rejected with a message that names the wrong one: %o', (options, message) => {
    expect(() => args(options as object)).toThrow(new TypeError(message))
  })
})

describe('a schema that no request can satisfy', () => {
  it.each([
    [{ path: z.object({ id: z.number() }) }, 'path.id expects number, which cannot be sent as text'],
    [{ query: z.object({ page: z.number().optional() }) }, 'query.page expects number'],
    [{ query: z.object({ open: z.boolean() }) }, 'query.open expects boolean'],
    [{ query: z.object({ ids: z.array(z.number()) }) }, 'query.ids expects array'],
    [{ query: z.object({ filter: z.object({ a: z.string() }) }) }, 'query.filter expects object'],
    [{ query: z.object({ id: z.union([z.number(), z.null()]) }) }, 'query.id expects number or null'],
    [{ query: z.record(z.string(), z.number()) }, 'query.* expects number'],
    [{ query: z.array(z.string()) }, 'query expects array'],
    [{ headers: z.object({ age: z.number() }) }, 'headers.age expects number'],
    [{ cookies: z.object({ seen: z.date() }) }, 'cookies.seen expects date'],
    [
      { body: z.object({ born: z.date() }) },
      'body.born expects date, which cannot be sent as JSON or a form',
    ],
    [
      { body: z.object({ list: z.array(z.object({ at: z.date().optional() })) }) },
      'body.list.*.at expects date',
    ],
    [{ body: z.union([z.object({ a: z.bigint() }), z.object({ a: z.date() })]) }, 'body.a expects bigint'],
    [{ body: jsonBody(z.map(z.string(), z.string())) }, 'body expects map, which cannot be sent as JSON'],
    [{ body: jsonBody(z.object({ photo: z.file() })) }, 'body.photo expects file'],
    [
      { body: formBody(z.object({ age: z.number() })) },
      'body.age expects number, which cannot be sent as a form',
    ],
    [{ body: z.object({ age: z.number(), photo: z.file() }) }, 'body.photo expects file'],
    [{ responses: { 200: z.object({ born: z.date() }) } }, 'responses[200].born expects date'],
  ])('is refused: %#', (options, message) => {
    expect(() => args(options as object)).toThrow(`args: ${message}`)
  })

  it.each([
    z.object({ n: z.coerce.number(), d: z.coerce.date(), b: z.coerce.bigint(), t: z.coerce.boolean() }),
    z.object({ a: z.stringbool(), b: z.string().transform(Number), c: z.literal(['x', 'y']), d: z.any() }),
    z.object({ a: z.union([z.number(), z.string()]), b: z.string().nullable(), c: z.never().optional() }),
    z.object({ a: z.string().pipe(z.coerce.date()), b: z.custom<Date>(), c: z.preprocess(Number, z.int()) }),
    z.object({ a: z.preprocess((text) => JSON.parse(`${text}`), z.object({ n: z.number() })).optional() }),
    z.preprocess((sent) => sent, z.object({ n: z.number() })),
    z.object({ a: z.tuple([z.string(), z.coerce.number()]), b: z.array(z.coerce.number()) }),
    z
      .codec(z.string(), z.date(), { decode: (text) => new Date(text), encode: String })
      .array()
      .or(z.object({})),
    z.unknown(),
  ])('is not one that converts text: %#', (schema) => {
    expect(args({ query: schema, body: schema })).toBeTypeOf('function')
  })

  it('is reported at the first request if it refers to a schema that is declared later', async () => {
    const Query = z.object({
      get page() {
        return Later
      },
    })
    const app = args({ query: Query })(() => text('ok'))
    const Later = z.array(z.string())
    expect((await client(app).get('/?page=1')).status).toBe(200)
  })

  it('is reported if it is one of many schemas that refer to each other', () => {
    const types: z.ZodType[] = Array.from({ length: 14 }, (_, nth) =>
      z.object({
        get all() {
          return z.array(z.union(types as [z.ZodType]))
        },
        ...(nth === 13 && { born: z.date() }),
      }),
    )
    expect(() => args({ body: jsonBody(types[13]!) })).toThrow('body.born expects date')
    expect(args({ body: jsonBody(z.object({ a: types[0]! })) })).toBeTypeOf('function')
  })

  it('is a schema that creates a new one each time it refers to itself', () => {
    const tree = (): z.ZodType => z.object({ inside: z.array(z.lazy(tree)) })
    expect(() => args({ body: tree() })).toThrow('must be declared once')
  })
})

describe('path', () => {
  it('gets the types of the parameters in the pattern', async () => {
    const app = router({
      '/users/:id': args({ path: z.object({ id: z.coerce.number() }) })(({ args }) => json(args.path.id + 1)),
      '/files/*path': args({ path: z.object({ path: z.array(z.string()) }) })(({ args }) => {
        expectTypeOf(args.path.path).toEqualTypeOf<string[]>()
        return json(args.path.path)
      }),
      '/list{/:page}': args({ path: z.object({ page: z.string().optional() }) })(({ args }) =>
        json(args.path.page ?? null),
      ),
    })
    expect(await (await client(app).get('/users/7')).json()).toBe(8)
    expect(await (await client(app).get('/files/a/b')).json()).toEqual(['a', 'b'])
    expect(await (await client(app).get('/list')).json()).toBe(null)
  })

  it('does not compile if the pattern lacks a parameter or has one of another type', () => {
    const uid = args({ path: z.object({ uid: z.string() }) })
    const list = args({ path: z.object({ id: z.array(z.string()) }) })
    router({
      // @ts-expect-error 'uid' is missing
      '/users/:id': uid(() => text('')),
      // @ts-expect-error 'id' is a string, not a list
      '/lists/:id': list(() => text('')),
      // @ts-expect-error 'uid' may be missing
      '/optional{/:uid}': uid(() => text('')),
    })
  })
})
