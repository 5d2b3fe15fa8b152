/** What sessions promise against attackers who control requests, without a browser. */
import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, json, stack } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import { type Session, type SessionOptions, type SessionStore, session } from '@tsgi/session'
import { cookieStore } from '@tsgi/session/cookie'
import { memoryStore } from '@tsgi/session/memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const [first, second] = ['the first secret of 32 characters', 'the second secret of 32 characters'] as const

const app: Application<{ session: Session; cookies: Cookies }> = ({ session, pathInfo }) => {
  if (pathInfo === '/sign-in') session.regenerateId({ user: 'ada' })
  if (pathInfo === '/visit') session.update('visits', (visits = 0) => (visits as number) + 1)
  if (pathInfo === '/sign-out') session.destroy()
  return json({ user: session.user ?? null, visits: session.get('visits') ?? 0 })
}

function site(options: Partial<SessionOptions> = {}): Application {
  return stack(cookies(), session({ secrets: first, ...options }))(app)
}

async function state(web: Client, path = '/'): Promise<{ user: string | null; visits: number }> {
  return (await (await web.get(path)).json()) as { user: string | null; visits: number }
}

const stores: readonly (readonly [string, () => SessionStore | ReturnType<typeof cookieStore>])[] = [
  ['in memory', memoryStore],
  ['in the cookie', cookieStore],
]

describe('the session cookie behind a proxy that ends TLS', () => {
  it.each([
    ['trusted', 1, true],
    ['not trusted', false, false],
  ] as const)(
    'is Secure only if X-Forwarded-Proto says https and the proxy is %s',
    async (_, trustProxy, isSecure) => {
      await using server = await serve(site(), { listen: 'http://127.0.0.1:0', trustProxy })
      const setCookie = async (headers: Record<string, string>) =>
        (await fetch(`${server.addresses[0]}/visit`, { headers })).headers.get('set-cookie')
      const https = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
      expect((await setCookie(https))?.includes('; Secure')).toBe(isSecure)
      expect(await setCookie({ ...https, 'x-forwarded-proto': 'http' })).not.toContain('Secure')
      expect(await setCookie({})).not.toContain('Secure')
    },
  )

  it('is Secure whatever the headers say if the application asks for it', async () => {
    const application = site({ cookie: { secure: true } })
    const response = await client(application).get('/visit')
    expect(response.headers.get('set-cookie')).toContain('; Secure')
  })
})

describe.each(stores)('a session %s', (_, create) => {
  it('survives the rotation of secrets while old and new processes run', async () => {
    const store = create()
    const processes = [[first], [first, second], [first, second]].map((secrets) => site({ store, secrets }))
    let count = 0
    const web = client((environ) => processes[count++ % processes.length]!(environ))
    // First, every process learns the second secret. They still use the first one.
    const old = client(processes[0]!)
    await old.get('/sign-in')
    web.cookies.set('session', old.cookies.get('session')!)
    for (let n = 0; n < 50; n++) expect(await state(web)).toEqual({ user: 'ada', visits: 0 })
    // Then, one process after another begins to use it.
    processes[0] = site({ store, secrets: [second, first] })
    await web.get('/sign-in')
    for (let n = 1; n <= 50; n++) expect(await state(web, '/visit')).toEqual({ user: 'ada', visits: n })
  })

  it('ends when its secret is removed', async () => {
    const store = create()
    const before = client(site({ store }))
    await before.get('/sign-in')
    const after = client(site({ store, secrets: second }))
    after.cookies.set('session', before.cookies.get('session')!)
    expect((await state(after)).user).toBeNull()
  })

  it('is not found with any other cookie: changed, cut, extended, or in another case', async () => {
    const application = site({ store: create() })
    const web = client(application)
    await web.get('/sign-in')
    const value = web.cookies.get('session')!
    const position = fc.nat({ max: value.length - 1 })
    const changes = fc.oneof(
      fc
        .tuple(position, fc.constantFrom(...'ABCxyz019-_.'))
        .map(([at, character]) => value.slice(0, at) + character + value.slice(at + 1)),
      position.map((at) => value.slice(0, at)),
      position.map((at) => value.slice(at + 1)),
      fc.constantFrom(value.toLowerCase(), value.toUpperCase(), `${value}A`, `A${value}`, value + value),
    )
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        // The last character of base64url can have bits that are not used.
        fc.pre(changed !== value && changed.slice(0, -1) !== value.slice(0, -1))
        const thief = client(application)
        thief.cookies.set('session', changed)
        expect((await state(thief)).user).toBeNull()
      }),
      { numRuns: 100 },
    )
    expect((await state(web)).user).toBe('ada')
  })
})

describe('a session in a store', () => {
  it('cannot be replayed: its cookie is worthless after sign-out, and the one before sign-in after sign-in', async () => {
    const application = site()
    const web = client(application)
    const thief = client(application)
    await web.get('/visit')
    thief.cookies.set('session', web.cookies.get('session')!)
    expect((await state(thief)).visits).toBe(1)
    await web.get('/sign-in')
    expect(await state(thief)).toEqual({ user: null, visits: 0 })
    thief.cookies.set('session', web.cookies.get('session')!)
    expect((await state(thief)).user).toBe('ada')
    await web.get('/sign-out')
    expect(await state(thief)).toEqual({ user: null, visits: 0 })
  })
})
