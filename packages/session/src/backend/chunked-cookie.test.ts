import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, json, stack } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quiet } from '../../test/visitor.ts'
import { type Session, type SessionCookieOptions, session } from '../index.ts'
import { cookieStore } from '../stores/cookie.ts'

const secrets = 'a secret for tests of 32 characters'

const app: Application<{ session: Session; cookies: Cookies }> = async ({ session, request, pathInfo }) => {
  if (pathInfo === '/write') session.set('a', await request.json())
  if (pathInfo === '/touch') session.update('count', (count = 0) => (count as number) + 1)
  if (pathInfo === '/destroy') session.destroy()
  return json([session.get('a') ?? null, session.get('count') ?? null])
}

function visitor(maxCookies = 4, cookie: SessionCookieOptions = {}): Client {
  const web = stack(cookies(), session({ secrets, store: cookieStore({ maxCookies }), cookie }))
  return client(web(app), { errors: quiet, baseUrl: 'https://a.example' })
}

async function read(web: Client, init?: { headers: Record<string, string> }): Promise<unknown> {
  return ((await (await web.get('/', init)).json()) as unknown[])[0]
}

/** The names of the session's cookies that the client has. */
function names(web: Client): string[] {
  return ['session', ...Array.from({ length: 7 }, (_, n) => `session.${n + 1}`)].filter(
    (name) => web.cookies.get(name) !== undefined,
  )
}

describe('a session that is spread over several cookies', () => {
  it('is read from all of them, and removes those that it no longer needs', async () => {
    const web = visitor()
    for (const [size, count] of [
      [10, 1],
      [5000, 2],
      [11_000, 4],
      [8000, 3],
      [2000, 1],
      [5000, 2],
    ] as const) {
      const value = 'x'.repeat(size)
      expect((await web.post('/write', { json: value })).status).toBe(200)
      expect(await read(web)).toBe(value)
      expect(names(web)).toEqual(['session', 'session.1', 'session.2', 'session.3'].slice(0, count))
    }
    await web.get('/destroy')
    expect(names(web)).toEqual([])
  })

  it('has cookies of at most 4096 bytes, whatever its size and its name', async () => {
    const sizes = fc.integer({ min: 1, max: 11_000 })
    const cookieNames = fc.constantFrom('s', 'session', '__Host-session', 'n'.repeat(200))
    await fc.assert(
      fc.asyncProperty(sizes, cookieNames, async (size, name) => {
        const web = visitor(8, { name })
        const response = await web.post('/write', { json: 'x'.repeat(size) })
        const lines = response.headers.getSetCookie()
        expect(lines.length).toBeGreaterThan(0)
        for (const line of lines) expect(line.indexOf(';') - 1).toBeLessThanOrEqual(4096)
        expect(await read(web)).toHaveLength(size)
      }),
      { numRuns: 40 },
    )
  })

  it('responds with 500 and keeps the session if it needs more cookies than allowed', async () => {
    const web = visitor(2)
    await web.post('/write', { json: 'kept' })
    expect((await web.post('/write', { json: 'x'.repeat(9000) })).status).toBe(500)
    expect(String(web.errors[0])).toMatch(/over maxCookies, 2/)
    expect(await read(web)).toBe('kept')
  })

  it('is not signed out by cookies of a sibling domain with the same names', async () => {
    const web = visitor()
    await web.post('/write', { json: 'y'.repeat(8000) })
    const own = names(web).map((name) => `${name}=${web.cookies.get(name)}`)
    const tossed = ['session=junk', 'session.1=AAAAAAAA~junk', 'session.2=junk', 'session=3~AAAAAAAA~junk']
    for (const cookie of [
      [...tossed, ...own],
      [...own, ...tossed],
      [...tossed, ...own.reverse()],
    ]) {
      const headers = { cookie: cookie.join('; ') }
      expect(await read(client(visitorApp()), { headers })).toBe('y'.repeat(8000))
    }
  })

  it('is never assembled from the cookies of two responses', async () => {
    const web = visitor()
    await web.post('/write', { json: 'a'.repeat(8000) })
    const [first, second] = ['session', 'session.1'].map((name) => web.cookies.get(name)!)
    await web.post('/write', { json: 'b'.repeat(8000) })
    expect(await read(web)).toBe('b'.repeat(8000))
    web.cookies.set('session.1', second!)
    expect(await read(web)).toBeNull()
    web.cookies.set('session', first!)
    expect(await read(web)).toBeNull()
  })

  it('is ignored if a cookie is missing or was changed', async () => {
    for (const name of ['session', 'session.1', 'session.2']) {
      const web = visitor()
      await web.post('/write', { json: 'a'.repeat(8000) })
      const value = web.cookies.get(name)!
      web.cookies.delete(name)
      expect(await read(web), name).toBeNull()
      web.cookies.set(name, `${value.slice(0, -5)}AAAAA`)
      expect(await read(web), name).toBeNull()
      await web.post('/write', { json: 'new' })
      expect([await read(web), names(web)]).toEqual(['new', ['session']])
    }
  })

  it('survives cookies that no server has set', async () => {
    const piece = fc.oneof(
      fc.constantFrom('2~', '9~', '0~', '3~AAAAAAAA~', 'AAAAAAAA~', '~', '~~', '.'),
      fc.string({ unit: fc.constantFrom(...'abcAB019-_.~') }),
    )
    const values = fc.array(piece).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), values)), async (pairs) => {
        const cookie = pairs.map(([n, value]) => `session${n === 0 ? '' : `.${n}`}=${value}`).join('; ')
        const response = await client(visitorApp()).get('/touch', { headers: { cookie } })
        expect(await response.json()).toEqual([null, 1])
      }),
      { numRuns: 100 },
    )
  })
})

function visitorApp(): Application {
  return stack(cookies(), session({ secrets, store: cookieStore({ maxCookies: 4 }) }))(app)
}
