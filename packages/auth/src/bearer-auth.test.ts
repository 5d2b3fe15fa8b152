import { json } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { bearerAuth, insufficientScope } from './index.ts'

const verify = (token: string) => (token === 'good.token~1=' ? 'ada' : undefined)
const api = client(bearerAuth({ verify })(({ user }) => json({ user })))
const get = (authorization?: string) =>
  api.get('/', { headers: authorization === undefined ? {} : { authorization } })

describe('bearerAuth', () => {
  it('provides the user of a valid token', async () => {
    expect(await (await get('Bearer good.token~1=')).json()).toEqual({ user: 'ada' })
    expect(await (await get('bearer  good.token~1=')).json()).toEqual({ user: 'ada' })
  })

  it.each([
    [undefined, 'Bearer'],
    ['Basic YTpi', 'Bearer'],
    ['Bearer bad', 'Bearer error="invalid_token"'],
    ['Bearer', 'Bearer error="invalid_token"'],
    ['Bearer a b', 'Bearer error="invalid_token"'],
    ['Bearer "quoted"', 'Bearer error="invalid_token"'],
    ['Bearer good.token~1=, Bearer good.token~1=', 'Bearer error="invalid_token"'],
  ])('rejects %j with the challenge %j', async (field, challenge) => {
    const response = await get(field)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge])
  })

  it.each([[null], [false], ['']])('rejects a token for which verify returns %j', async (none) => {
    for (const optional of [true, false] as const) {
      const browser = client(
        bearerAuth({ verify: async () => none, optional } as never)(() => json('secret')),
      )
      expect((await browser.get('/', { headers: { authorization: 'Bearer a' } })).status).toBe(401)
    }
  })

  it('ignores a token in the query', async () => {
    expect((await api.get('/?access_token=good.token~1=')).status).toBe(401)
  })

  it('lets a request without a token through if it is optional, but not one with an invalid token', async () => {
    const optional = client(
      bearerAuth({ verify, optional: true })(({ user }) => json({ user: user ?? null })),
    )
    expect(await (await optional.get('/')).json()).toEqual({ user: null })
    expect((await optional.get('/', { headers: { authorization: 'Bearer bad' } })).status).toBe(401)
    // @ts-expect-error the user may be undefined
    bearerAuth({ verify, optional: true })(({ user }) => json(user.length))
  })

  it('rejects unknown and invalid options', () => {
    expect(() => bearerAuth({} as never)).toThrow('bearerAuth: verify must be a function, got undefined')
    expect(() => bearerAuth({ verify, optional: 1 } as never)).toThrow(
      'bearerAuth: optional must be true or false, got 1',
    )
    expect(() => bearerAuth({ verify, realm: 'a' } as never)).toThrow("bearerAuth: unknown option 'realm'")
  })
})

describe('insufficientScope', () => {
  it('becomes a 403 that names the scope', async () => {
    const application = vi.fn(() => {
      throw insufficientScope('reports:write')
    })
    const site = client(bearerAuth({ verify })(application))
    const response = await site.get('/', { headers: { authorization: 'Bearer good.token~1=' } })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="reports:write"',
    ])
  })

  it('rejects a scope that is not printable', () => {
    expect(() => insufficientScope('a\nb')).toThrow(TypeError)
  })
})
