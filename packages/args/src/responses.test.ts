import { empty, HttpError, json, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { args } from './args.ts'
import { schemasOf } from './openapi/declaration.ts'

const User = z.object({ id: z.number(), name: z.string() })
const Problem = z.object({ title: z.string() })
const quiet = { errors: { write() {} } }

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('returns', () => {
  it('lets a response through that fits, untouched', async () => {
    const sent = json({ id: 7, name: 'Ada', more: true }, { headers: { etag: '"1"' } })
    const web = client(args({ returns: { 200: User } })(() => sent))
    const response = await web.get('/')
    expect(response.headers.get('etag')).toBe('"1"')
    expect(await response.text()).toBe('{"id":7,"name":"Ada","more":true}')
  })

  it('reports one that does not fit, naming the request, the status and the path', async () => {
    const web = client(
      args({ returns: { 200: z.array(User) } })(() => json([{ id: '7' }])),
      quiet,
    )
    const response = await web.get('/users?x=1')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('returns')
    expect((web.errors[0] as Error).message).toMatch(
      /^args: the response to GET \/users does not fit returns\[200\]: 0\.id: .*number.*; 0\.name: .*string/,
    )
  })

  it('checks each status against its own schema, and no other', async () => {
    const status = { sent: 404 }
    const app = args({ returns: { 200: User, 404: Problem } })(() => json({}, { status: status.sent }))
    const web = client(app, quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain('returns[404]: title:')
    status.sent = 409
    expect((await web.get('/')).status).toBe(409)
  })

  it('checks JSON alone', async () => {
    const returns = { 200: User, 204: User }
    expect((await client(args({ returns })(() => text('page'))).get('/')).status).toBe(200)
    expect((await client(args({ returns })(() => empty())).get('/')).status).toBe(204)
    const fake = args({ returns })(() =>
      text('page', { headers: { 'content-type': 'application/hal+json' } }),
    )
    const web = client(fake, quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(String(web.errors[0])).toContain('says that it is JSON, and is not')
  })

  it('reads a copy of a stream', async () => {
    const headers = { 'content-type': 'application/json' }
    const app = args({ returns: { 200: User } })(() => stream(['{"id":7,', '"name":"Ada"}'], { headers }))
    expect(await (await client(app).get('/')).json()).toEqual({ id: 7, name: 'Ada' })
  })

  it('lets errors pass', async () => {
    const app = args({ returns: { 404: z.never() } })(() => {
      throw new HttpError(404)
    })
    expect((await client(app).get('/')).status).toBe(404)
  })

  it('checks nothing in production', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const app = args({ returns: { 200: User } })(() => json({}))
    vi.stubEnv('NODE_ENV', 'test')
    expect((await client(app).get('/')).status).toBe(200)
    expect(schemasOf(app)?.returns).toEqual({ 200: User })
  })
})

describe('schemasOf', () => {
  it('joins the responses that were declared', () => {
    const outer = args({ returns: { 200: User } })
    const inner = args({ returns: { 404: Problem } })(() => json({}))
    expect(schemasOf(outer(inner))?.returns).toEqual({ 200: User, 404: Problem })
  })

  it('says whether invalid arguments are answered in place', () => {
    const query = z.object({})
    expect(schemasOf(args({ query })(() => text('')))?.onInvalid).toBe(undefined)
    const page = args({ query })(
      () => text(''),
      () => text('page'),
    )
    expect(schemasOf(page)?.onInvalid).toBe(true)
  })
})
