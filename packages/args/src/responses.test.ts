import { empty, HttpError, json, stack, stream, text } from '@tsgi/core'
import { plainParts } from '@tsgi/core/gateway'
import { client, testEnviron } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { args, schemasOf } from './index.ts'

const User = z.object({ id: z.number(), name: z.string() })
const Problem = z.object({ title: z.string() })
const quiet = { errors: { write() {} } }

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('responses', () => {
  it('do not change a valid response', async () => {
    const sent = json({ id: 7, name: 'Ada' }, { headers: { etag: '"1"' } })
    const web = client(args({ responses: { 200: User } })(() => sent))
    const response = await web.get('/')
    expect(response.headers.get('etag')).toBe('"1"')
    expect(await response.text()).toBe('{"id":7,"name":"Ada"}')
  })

  it('report an invalid response with the request, the status and the path', async () => {
    const web = client(
      args({ responses: { 200: z.array(User) } })(() => json([{ id: '7' }])),
      quiet,
    )
    const response = await web.get('/users?x=1')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('responses')
    expect((web.errors[0] as Error).message).toMatch(
      /^args: the response to GET \/users does not match responses\[200\]: 0\.id: .*number.*; 0\.name: .*string/,
    )
  })

  it.each([
    ['a key', User, { id: 7, name: 'Ada', passwordHash: 'x' }, 'passwordHash: is not declared'],
    [
      'a key of an item',
      z.object({ users: z.array(User) }),
      {
        users: [
          { id: 7, name: 'Ada' },
          { id: 8, name: 'Bob', passwordHash: 'x' },
        ],
      },
      'users.1.passwordHash: is not declared',
    ],
    [
      'a key of a member of a union',
      z.union([User, z.object({ error: z.string() })]),
      { error: 'none', trace: 'x' },
      'trace: is not declared',
    ],
    [
      'a key next to a default',
      User.extend({ tags: z.array(z.string()).default([]) }),
      { id: 7, name: 'Ada', passwordHash: 'x' },
      'passwordHash: is not declared',
    ],
    ['a key of a strict object', z.strictObject({ id: z.number() }), { id: 7, name: 'Ada' }, '"name"'],
    [
      'a key of a component',
      z.object({ user: User.meta({ id: 'ResponseUser' }) }),
      { user: { id: 7, name: '', x: 1 } },
      'user.x:',
    ],
  ])('report %s that is not declared', async (_, schema, body, message) => {
    const web = client(
      args({ responses: { 200: schema } })(() => json(body)),
      quiet,
    )
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain(message)
  })

  it.each([
    ['a loose object', z.looseObject({ id: z.number() }), { id: 7, more: true }],
    ['a catchall', z.object({ id: z.number() }).catchall(z.boolean()), { id: 7, more: true }],
    ['a record', z.record(z.string(), User), { ada: { id: 7, name: 'Ada' } }],
    [
      'a schema that renames its keys',
      z.object({ id: z.number() }).transform(({ id }) => ({ key: id })),
      { id: 7 },
    ],
    ['a date', z.object({ born: z.coerce.date() }), { born: '1815-12-10' }],
    ['anything', z.unknown(), { id: 7 }],
    ['an intersection', z.intersection(User, z.object({ age: z.number() })), { id: 7, name: 'Ada', age: 36 }],
  ])('accept every key of %s', async (_, schema, body) => {
    const web = client(args({ responses: { 200: schema } })(() => json(body)))
    expect(await (await web.get('/')).json()).toEqual(body)
  })

  it('apply only to their own status', async () => {
    const status = { sent: 404 }
    const app = args({ responses: { 200: User, 404: Problem } })(() => json({}, { status: status.sent }))
    const web = client(app, quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain('responses[404]: title:')
    status.sent = 409
    expect((await web.get('/')).status).toBe(409)
  })

  it('apply only to JSON', async () => {
    const responses = { 200: User, 204: User }
    expect((await client(args({ responses })(() => text('page'))).get('/')).status).toBe(200)
    expect((await client(args({ responses })(() => empty())).get('/')).status).toBe(204)
    const fake = args({ responses })(() =>
      text('page', { headers: { 'content-type': 'application/hal+json' } }),
    )
    const web = client(fake, quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain('has a JSON Content-Type, but its body is not JSON')
  })

  it('are checked on a copy of a stream', async () => {
    const headers = { 'content-type': 'application/json' }
    const app = args({ responses: { 200: User } })(() => stream(['{"id":7,', '"name":"Ada"}'], { headers }))
    expect(await (await client(app).get('/')).json()).toEqual({ id: 7, name: 'Ada' })
  })

  it('do not apply to thrown errors', async () => {
    const app = args({ responses: { 404: z.never() } })(() => {
      throw new HttpError(404)
    })
    expect((await client(app).get('/')).status).toBe(404)
  })

  it('are not checked in production', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const app = args({ responses: { 200: User } })(() => json({}))
    vi.stubEnv('NODE_ENV', 'test')
    expect((await client(app).get('/')).status).toBe(200)
    expect(schemasOf(app)?.responses).toEqual({ 200: User })
  })
})

describe('reply', () => {
  const Created = z.object({ id: z.number() })
  const declared = args({ responses: { 201: Created, 204: z.undefined(), 404: Problem } })

  it('creates a JSON response with a declared status', async () => {
    const app = declared(({ reply }) => reply(201, { id: 7 }, { headers: { location: '/7' } }))
    const response = await client(app).get('/')
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/7')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ id: 7 })
  })

  it('creates a response without a body', async () => {
    expect((await client(declared(({ reply }) => reply(204))).get('/')).status).toBe(204)
  })

  it('creates a problem document for status 400 and above', async () => {
    const response = await client(declared(({ reply }) => reply(404, { title: 'Gone' }))).get('/')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const html = { headers: { 'content-type': 'application/vnd.error+json' } }
    const other = await client(declared(({ reply }) => reply(404, { title: 'Gone' }, html))).get('/')
    expect(other.headers.get('content-type')).toBe('application/vnd.error+json')
  })

  it('does not compile with another status or body', () => {
    declared(({ reply }) => {
      // @ts-expect-error 200 is not declared
      reply(200, { id: 7 })
      // @ts-expect-error 'id' must be a number
      reply(201, { id: '7' })
      // @ts-expect-error 'passwordHash' is not declared
      reply(201, { id: 7, passwordHash: 'x' })
      // @ts-expect-error the body is missing
      reply(201)
      return reply(204)
    })
    // @ts-expect-error no responses are declared
    args({ query: Problem })(({ reply }) => reply(200))
  })

  it('is available with args in a router and in a stack', async () => {
    const app = router({
      '/:id': {
        GET: args({ path: z.object({ id: z.coerce.number() }), responses: { 201: Created } })(
          ({ args, reply }) => reply(201, args.path),
        ),
      },
    })
    expect(await (await client(app).get('/7')).json()).toEqual({ id: 7 })
    const nested = stack(
      declared,
      args({ responses: { 200: Created } }),
    )(({ reply }) => reply(200, { id: 8 }))
    expect(await (await client(nested).get('/')).json()).toEqual({ id: 8 })
  })
})

describe('a checked response', () => {
  it('keeps its length, so that it is the same in development and in production', async () => {
    const app = args({ responses: { 200: User } })(({ reply }) => reply(200, { id: 7, name: 'Ada' }))
    const response = await app(testEnviron('/'))
    expect(plainParts(response)?.body).toBe('{"id":7,"name":"Ada"}')
  })
})

describe('schemasOf', () => {
  it('merges the responses of nested args', () => {
    const outer = args({ responses: { 200: User } })
    const inner = args({ responses: { 404: Problem } })(() => json({}))
    expect(schemasOf(outer(inner))?.responses).toEqual({ 200: User, 404: Problem })
  })

  it('says whether the application responds to invalid arguments', () => {
    const query = z.object({})
    expect(schemasOf(args({ query })(() => text('')))?.onInvalid).toBe(undefined)
    const page = args({ query })(
      () => text(''),
      () => text('page'),
    )
    expect(schemasOf(page)?.onInvalid).toBe(true)
  })
})
