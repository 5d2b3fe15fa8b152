import { cookies } from '@tsgi/cookies'
import { type Application, type Environ, stack, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Stage } from '../test/stage.ts'
import type { Session, SessionOptions } from './index.ts'
import { createSessions, session } from './index.ts'
import { cookieStore } from './stores/cookie.ts'
import { memoryStore } from './stores/memory/memory.ts'
import { sqliteStore } from './stores/sqlite.ts'

const secrets = 'a secret for tests of 32 characters'

describe('the options of session', () => {
  it.each([
    [{}, 'session: secrets must be text, got undefined. Generate one with: openssl rand -base64 32'],
    [
      { secrets: 'short' },
      'session: secrets must be at least 32 characters, got 5. Generate one with: openssl rand -base64 32',
    ],
    [{ secrets: [] }, 'session: secrets must not be an empty list'],
    [{ secrets: [secrets, 'short'] }, 'session: secrets[1] must be at least 32 characters, got 5'],
    [{ secrets: [secrets, undefined] }, 'session: secrets[1] must be text, got undefined'],
    [{ secrets: 7 }, 'session: secrets must be text, got number'],
    [{ secret: secrets }, "session: unknown option 'secret', did you mean 'secrets'?"],
    [{ secrets, idletimeout: 1 }, "session: unknown option 'idletimeout', did you mean 'idleTimeout'?"],
    [null, 'session: options must be an object, got null'],
    [{ secrets, store: { load() {}, commit() {} } }, 'session: store must have a method destroy'],
    [{ secrets, idleTimeout: 0 }, 'session: idleTimeout must be a duration from 1 to 34560000000 ms'],
    [{ secrets, idleTimeout: '60' }, 'session: idleTimeout must be a duration'],
    [{ secrets, absoluteTimeout: 1.5 }, 'session: absoluteTimeout must be a duration'],
    [{ secrets, absoluteTimeout: Number.POSITIVE_INFINITY }, 'session: absoluteTimeout must be a duration'],
    [{ secrets, maxSize: -1 }, 'session: maxSize must be a whole number of characters'],
    [{ secrets, cookie: { name: 'a;b' } }, 'session: cookie: its name is not one that browsers accept'],
    [{ secrets, cookie: { name: '' } }, 'session: cookie: its name is not one that browsers accept'],
    [
      { secrets, cookie: { name: 's'.repeat(257) } },
      'session: cookie: name must have at most 256 characters, got 257',
    ],
    [{ secrets, cookie: { path: 'app' } }, `session: cookie: path must begin with '/', got "app"`],
    [
      { secrets, cookie: { sameSite: 'Lax' } },
      'session: cookie: sameSite must be "strict" or "lax" or "none"',
    ],
    [
      { secrets, cookie: { name: '__Host-s', domain: 'a.example' } },
      'session: cookie: its prefix allows no domain',
    ],
    [{ secrets, cookie: { name: '__Host-s', path: '/app' } }, 'session: cookie: its prefix allows no path'],
    [
      { secrets, cookie: { name: '__secure-s', secure: false } },
      'session: cookie: its prefix requires secure',
    ],
    [
      { secrets, cookie: { sameSite: 'none', secure: false } },
      "session: cookie: sameSite: 'none' requires secure",
    ],
    [{ secrets, cookie: { samesite: 'lax' } }, "session: cookie: unknown option 'samesite', did you mean"],
    [{ secrets, cookie: { httpOnly: false } }, "session: cookie: unknown option 'httpOnly'"],
    [{ secrets, cookie: { maxAge: 60 } }, "session: cookie: unknown option 'maxAge'"],
    [
      { secrets, cookie: { persistent: 'yes' } },
      'session: cookie: persistent must be true or false, got "yes"',
    ],
    [{ secrets, store: { kind: 'disk' } }, 'session: store must have a method load'],
    [{ secrets, store: 'redis' }, 'session: store must have a method load'],
  ])('are checked when the middleware is created: %o', (options, message) => {
    const create = () => session(options as unknown as SessionOptions)
    expect(create).toThrow(TypeError)
    expect(create).toThrow(message)
  })

  it('do not compile with an environment variable that may be unset', () => {
    // @ts-expect-error Type 'undefined' is not assignable to type 'string | readonly string[]'
    expect(() => session({ secrets: process.env.NOT_SET })).toThrow('session: secrets must be text')
    // @ts-expect-error Property 'secrets' is missing
    expect(() => session({ store: cookieStore() })).toThrow('session: secrets must be text')
    expectTypeOf(session({ secrets, store: cookieStore() })).toEqualTypeOf(session({ secrets }))
  })

  it('do not make cookies() earlier in the stack unnecessary', () => {
    // @ts-expect-error 'cookies' is provided later in this stack
    stack(session({ secrets }), cookies())
    // @ts-expect-error 'cookies' is missing
    client(session({ secrets })(() => text('')))
  })
})

describe.each([
  ['memory', () => memoryStore()],
  ['the cookie', () => cookieStore()],
])('the secrets of sessions in %s', (_, create) => {
  it('can be rotated without losing a session, and removed to end the sessions that were created with them', async () => {
    const store = create()
    const [older, newer] = [
      'an old secret for tests, 32 characters',
      'a new secret for tests of 32 characters',
    ]
    const read = (session: Session) => session.get('a')
    const before = new Stage({ secrets: older, store })
    const { id } = await before.once(undefined, (session) => session.set('a', 1))
    const between = new Stage({ secrets: [newer, older], store })
    expect((await between.once(id, read)).result).toBe(1)
    const fresh = await between.once(undefined, (session) => session.set('a', 3))
    const moved = await between.once(id, (session) => [session.set('a', 2), session.regenerateId()])
    const after = new Stage({ secrets: newer, store })
    expect((await after.once(id, read)).result).toBeUndefined()
    expect((await after.once(moved.id, read)).result).toBe(2)
    expect((await after.once(fresh.id, read)).result).toBe(3)
  })
})

describe('the cookie', () => {
  const line = async (options: object, baseUrl = 'http://localhost') => {
    const web = stack(cookies(), session({ secrets, ...options }))
    const app = web(({ session }) => {
      session.set('a', 1)
      return text('')
    })
    return (await client(app, { baseUrl }).get('/app')).headers.get('set-cookie')
  }

  it('is sent to the whole site, hidden from scripts, and Secure over HTTPS', async () => {
    expect(await line({})).toMatch(/^session=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(await line({}, 'https://a.example')).toMatch(/; HttpOnly; Secure; SameSite=Lax$/)
  })

  it('has the attributes of the option cookie', async () => {
    const cookie = {
      name: 'id',
      path: '/app',
      domain: 'a.example',
      sameSite: 'strict',
      secure: true,
    } as const
    expect(await line({ cookie }, 'https://a.example')).toMatch(
      /^id=[\w-]{32}; Domain=a.example; Path=\/app; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(await line({ cookie: { name: '__Host-id' } })).toMatch(/^__Host-id=.*; Path=\/; HttpOnly; Secure/)
  })

  it('is deleted with the attributes that it was set with', async () => {
    const cookie = { name: '__Secure-id', path: '/app', domain: 'a.example' }
    const web = stack(cookies(), session({ secrets, cookie }))
    const app: Application<{ session: Session }> = ({ session, pathInfo }) => {
      if (pathInfo === '/app') session.set('a', 1)
      else session.destroy()
      return text('')
    }
    const visitor = client(web(app), { baseUrl: 'https://a.example' })
    await visitor.get('/app')
    const response = await visitor.get('/app/out')
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Secure-id=; Max-Age=0; Domain=a.example; Path=\/app; Expires=.*1970.*; HttpOnly; Secure/,
    )
    expect(visitor.cookies.get('__Secure-id')).toBeUndefined()
  })
})

describe('a store that is local to a process', () => {
  it('is reported once if there are several processes', async () => {
    const reports = async (options: SessionOptions) => {
      const errors: unknown[] = []
      const sessions = createSessions(options)
      const environ = testEnviron('/', {}, { errors: { write: (problem) => errors.push(problem) } })
      const several: Environ = Object.create(environ, {
        gateway: { value: { ...environ.gateway, multiprocess: true } },
      })
      for (const each of [environ, several, several]) {
        await cookies()(async (inner) => {
          await sessions.open(inner)
          return text('')
        })(each)
      }
      return errors
    }
    expect(await reports({ secrets })).toEqual([expect.stringMatching(/not shared between them/)])
    expect(await reports({ secrets, store: sqliteStore({ path: ':memory:' }) })).toEqual([])
    expect(await reports({ secrets, store: cookieStore() })).toEqual([])
  })
})

describe('createSessions', () => {
  it('commits only its own sessions, and each of them once', async () => {
    const sessions = createSessions({ secrets })
    const app = cookies()(async (environ) => {
      const session = await sessions.open(environ)
      await expect(sessions.commit({ ...session }, text(''))).rejects.toThrow(
        /needs a session that open returned/,
      )
      const response = await sessions.commit(session, text('first'))
      await expect(sessions.commit(session, text(''))).rejects.toThrow(/already been returned/)
      return response
    })
    expect(await (await client(app).get('/')).text()).toBe('first')
  })
})
