import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, json, stack } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sharedStores } from '../test/stores.ts'
import type { RegenerateOptions, Session, SessionOptions } from './index.ts'
import { session } from './index.ts'
import { cookieStore } from './stores/cookie.ts'

const secrets = 'a secret for tests of 32 characters'
const DAY = 24 * 60 * 60 * 1000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function pass(days: number): void {
  vi.setSystemTime(Date.now() + days * DAY)
}

const app: Application<{ session: Session; cookies: Cookies }> = async ({ session, request, pathInfo }) => {
  if (pathInfo === '/write') session.set('a', 1)
  if (pathInfo === '/destroy') session.destroy()
  if (pathInfo === '/sign-in') session.regenerateId((await request.json()) as RegenerateOptions)
  if (pathInfo === '/regenerate-id') session.regenerateId()
  return json({ id: session.id, user: session.user, isNew: session.isNew })
}

async function state(web: Client, path = '/'): Promise<{ id: string; user?: string; isNew: boolean }> {
  return (await (await web.get(path)).json()) as { id: string; user?: string; isNew: boolean }
}

async function signIn(web: Client, options: RegenerateOptions): Promise<{ id: string; cookie: string }> {
  const response = await web.post('/sign-in', { json: options })
  const { id } = (await response.json()) as { id: string }
  return { id, cookie: response.headers.getSetCookie().join() }
}

const kinds = [
  ...sharedStores.map(([name, create]) => [name, create] as const),
  ['the cookie', cookieStore] as const,
]

describe.each(kinds)('a session in %s', (_, create) => {
  function visitor(options: Partial<SessionOptions> = {}): Client {
    return client(stack(cookies(), session({ secrets, store: create(), ...options }))(app))
  }

  it('has a public id that stays the same until the secret id is replaced', async () => {
    const web = visitor()
    const { id } = await state(web, '/write')
    expect(id).toMatch(/^[\w-]{16}$/)
    expect(await state(web)).toEqual({ id, isNew: false })
    expect(await state(web, '/write')).toEqual({ id, isNew: false })
    const signedIn = await signIn(web, { user: 'ada' })
    expect(signedIn.id).not.toBe(id)
    expect(await state(web)).toEqual({ id: signedIn.id, user: 'ada', isNew: false })
    const again = await state(web, '/regenerate-id')
    expect([id, signedIn.id]).not.toContain(again.id)
    expect(await state(web)).toEqual({ id: again.id, user: 'ada', isNew: false })
  })

  it('cannot be found by its public id', async () => {
    const web = visitor()
    const { id } = await state(web, '/write')
    for (const guess of [id, id + id]) {
      web.cookies.set('session', guess)
      expect((await state(web)).isNew).toBe(true)
    }
  })

  it('has another public id and no user after destroy', async () => {
    const web = visitor()
    const { id } = await signIn(web, { user: 'ada', remember: '30d' })
    const after = await state(web, '/destroy')
    expect(after).toEqual({ id: expect.not.stringMatching(id), isNew: true })
    expect((await web.get('/write')).headers.get('set-cookie')).not.toContain('Max-Age')
    expect((await state(web)).user).toBeUndefined()
  })

  it('keeps its values when a visitor signs in, but not when another user does', async () => {
    const web = client(
      stack(
        cookies(),
        session({ secrets, store: create() }),
      )(({ session, pathInfo, queryString }) => {
        if (pathInfo === '/sign-in') session.regenerateId({ user: queryString })
        if (pathInfo === '/write') session.set('cart', 'tea')
        if (pathInfo === '/both') {
          session.set('cart', 'milk')
          session.regenerateId({ user: queryString })
          session.set('own', true)
        }
        return json([session.user ?? null, session.get('cart') ?? null, session.get('own') ?? null])
      }),
    )
    const visit = async (path: string) => (await web.get(path)).json()
    await visit('/write')
    expect(await visit('/sign-in?ada')).toEqual(['ada', 'tea', null])
    expect(await visit('/sign-in?ada')).toEqual(['ada', 'tea', null])
    expect(await visit('/')).toEqual(['ada', 'tea', null])
    expect(await visit('/sign-in?bob')).toEqual(['bob', null, null])
    expect(await visit('/')).toEqual(['bob', null, null])
    expect(await visit('/both?eve')).toEqual(['eve', null, true])
    expect(await visit('/')).toEqual(['eve', null, true])
  })

  it('is stored if it has nothing but a user', async () => {
    const web = visitor()
    await signIn(web, { user: 'ada' })
    expect(await state(web)).toMatchObject({ user: 'ada', isNew: false })
  })

  it('is stored under the public id that a new session had when it was read', async () => {
    const web = visitor()
    const { id } = await state(web, '/write')
    expect((await state(web)).id).toBe(id)
  })

  it('remembers one user and not another', async () => {
    const store = create()
    const [ada, bob] = [visitor({ store }), visitor({ store })]
    expect((await signIn(ada, { user: 'ada', remember: '30d' })).cookie).toContain('; Max-Age=2592000;')
    expect((await signIn(bob, { user: 'bob' })).cookie).not.toContain('Max-Age')
    pass(29.9)
    expect([(await state(ada)).user, (await state(bob)).user]).toEqual(['ada', undefined])
  })

  it('forgets a remembered user after the time, or after the absolute timeout if that is longer', async () => {
    const store = create()
    const [short, long] = [visitor({ store }), visitor({ store, absoluteTimeout: '60d' })]
    await signIn(short, { user: 'ada', remember: '30d' })
    expect((await signIn(long, { user: 'ada', remember: '30d' })).cookie).toContain('; Max-Age=5184000;')
    pass(29.9)
    expect([(await state(short)).user, (await state(long)).user]).toEqual(['ada', 'ada'])
    pass(29.9)
    expect([(await state(short)).user, (await state(long)).user]).toEqual([undefined, 'ada'])
    pass(0.3)
    expect((await state(long)).user).toBeUndefined()
  })

  it('stays remembered under a new id, until somebody signs in without it', async () => {
    const web = visitor()
    await signIn(web, { user: 'ada', remember: '30d' })
    const again = await web.get('/regenerate-id')
    expect(again.headers.get('set-cookie')).toContain('; Max-Age=2592000;')
    pass(20)
    expect((await state(web)).user).toBe('ada')
    const { cookie } = await signIn(web, { user: 'eve' })
    expect(cookie).not.toContain('Max-Age')
    pass(1)
    expect((await state(web)).user).toBeUndefined()
  })

  it('lasts as long as it is used without an absolute timeout, and so does its cookie', async () => {
    const web = visitor({ idleTimeout: '10d', absoluteTimeout: 0, cookie: { persistent: true } })
    expect((await web.get('/write')).headers.get('set-cookie')).toContain('; Max-Age=864000;')
    for (let days = 0; days < 1000; days += 9) {
      pass(9)
      const response = await web.get('/')
      expect(await response.json()).toMatchObject({ isNew: false })
      expect(response.headers.get('set-cookie')).toContain('; Max-Age=864000;')
      expect(response.headers.get('cache-control')).toBe('no-store')
      const again = await web.get('/')
      expect(again.headers.get('set-cookie')).toBeNull()
    }
    pass(10.1)
    expect((await state(web)).isNew).toBe(true)
  })

  it('needs no new cookie without an absolute timeout if the browser forgets the cookie anyway', async () => {
    const store = create()
    const web = visitor({ store, idleTimeout: '10d', absoluteTimeout: 0 })
    await web.get('/write')
    pass(9)
    const response = await web.get('/')
    expect(await response.json()).toMatchObject({ isNew: false })
    expect(response.headers.get('set-cookie') ?? '').not.toContain('Max-Age')
  })

  it('keeps its rolling cookie when the secrets are rotated', async () => {
    const store = create()
    const options = { store, idleTimeout: '10d', absoluteTimeout: 0, cookie: { persistent: true } } as const
    const before = visitor(options)
    const { id } = await state(before, '/write')
    const after = visitor({ ...options, secrets: ['another secret for tests of 32 characters', secrets] })
    after.cookies.set('session', before.cookies.get('session')!)
    pass(9)
    const response = await after.get('/')
    expect([await response.json(), response.headers.get('set-cookie')]).toEqual([
      { id, isNew: false },
      expect.stringContaining('; Max-Age=864000;'),
    ])
  })
})

describe('a rolling cookie', () => {
  it('is not set again by a request during which the id was replaced', async () => {
    const waiting = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    const slow: typeof app = async (environ) => {
      const response = await app(environ)
      if (environ.pathInfo !== '/slow') return response
      started.resolve()
      await waiting.promise
      return response
    }
    const options = { idleTimeout: '10d', absoluteTimeout: 0, cookie: { persistent: true } } as const
    const web = client(stack(cookies(), session({ secrets, ...options }))(slow))
    await web.get('/write')
    pass(9)
    const late = web.get('/slow')
    await started.promise
    const { id } = await signIn(web, { user: 'ada' })
    waiting.resolve()
    expect((await late).headers.get('set-cookie')).toBeNull()
    expect(await state(web)).toEqual({ id, user: 'ada', isNew: false })
  })
})

describe('regenerateId', () => {
  it.each([
    [{ user: '' }, 'user must be text of 1 to 255 characters, got ""'],
    [{ user: 7 }, 'user must be text of 1 to 255 characters, got 7'],
    [{ user: null }, 'user must be text of 1 to 255 characters, got null'],
    [{ user: 'x'.repeat(256) }, 'user must be text of 1 to 255 characters, got '],
    [{ user: '\ud800' }, 'user must be text of 1 to 255 characters, got '],
    [{ remember: true }, "remember must be a duration from 1 second to 400 days, such as '30d', got true"],
    [{ remember: '401d' }, 'remember must be a duration from 1 second to 400 days'],
    [{ remember: 0 }, 'remember must be a duration from 1 second to 400 days'],
    [{ remember: Number.POSITIVE_INFINITY }, 'remember must be a duration from 1 second to 400 days'],
    [{ rember: '30d' }, "unknown option 'rember', did you mean 'remember'?"],
    [null, 'options must be an object, got null'],
  ])('rejects the options %j', async (options, message) => {
    const web = stack(cookies(), session({ secrets }))
    const errors: unknown[] = []
    const visitor = client(
      web(({ session }) => {
        try {
          session.regenerateId(options as unknown as RegenerateOptions)
        } catch (error) {
          errors.push(error)
        }
        return json(session.isNew)
      }),
    )
    await visitor.get('/')
    expect(String(errors[0])).toMatch(/^TypeError: session: regenerateId: /)
    expect(String(errors[0])).toContain(message)
  })
})
