import { cookies } from '@tsgi/cookies'
import { type Application, type Environ, stack, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Stage } from '../test/running.ts'
import { cookieStore } from './cookie.ts'
import { memoryStore } from './memory.ts'
import { session } from './session.ts'
import type { Session } from './session-type.ts'
import { createSessions, type SessionOptions } from './sessions.ts'
import { sqliteStore } from './sqlite.ts'

const secret = 'a secret for tests of 32 characters'

describe('the options of session', () => {
  it.each([
    [{}, 'session: secret must be a text of at least 32 characters, or a list of such'],
    [{ secret: 'short' }, 'session: secret must be'],
    [{ secret: [] }, 'session: secret must be'],
    [{ secret: [secret, 'short'] }, 'session: secret must be'],
    [{ secret: [secret, undefined] }, 'session: secret must be'],
    [{ secret: 7 }, 'session: secret must be'],
    [{ secret, store: cookieStore() }, 'session: secret is not for cookieStore()'],
    [{ secret, store: { load() {}, commit() {} } }, 'session: store must have a method destroy'],
    [{ secret, idleTimeout: 0 }, 'session: idleTimeout must be a whole number above 0, got 0'],
    [{ secret, idleTimeout: '60' }, 'session: idleTimeout must be'],
    [{ secret, absoluteTimeout: 1.5 }, 'session: absoluteTimeout must be'],
    [{ secret, absoluteTimeout: Number.POSITIVE_INFINITY }, 'session: absoluteTimeout must be'],
    [{ secret, maxSize: -1 }, 'session: maxSize must be'],
    [{ secret, cookie: { name: 'a b' } }, 'session: cookie.name must be a token of RFC 9110, got "a b"'],
    [{ secret, cookie: { name: '' } }, 'session: cookie.name must be'],
    [{ secret, cookie: { path: 'app' } }, `session: cookie.path must begin with '/', got "app"`],
    [
      { secret, cookie: { sameSite: 'Lax' } },
      'session: cookie.sameSite must be lax, strict or none, got "Lax"',
    ],
    [{ secret, cookie: { name: '__Host-s', domain: 'a.example' } }, 'the prefix of cookie.name __Host-s'],
    [{ secret, cookie: { name: '__Host-s', path: '/app' } }, 'the prefix of cookie.name __Host-s'],
    [{ secret, cookie: { name: '__secure-s', secure: false } }, 'session: cookie.secure must not be false'],
    [{ secret, cookie: { sameSite: 'none', secure: false } }, 'session: cookie.secure must not be false'],
  ])('are checked at once: %o', (options, message) => {
    const make = () => session(options as SessionOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  it('are typed: a secret for a shared store, none for the cookie', () => {
    // @ts-expect-error secret is missing
    expect(() => session({ store: memoryStore() })).toThrow(TypeError)
    // @ts-expect-error secret is not for the cookie
    expect(() => session({ secret, store: cookieStore() })).toThrow(TypeError)
    expectTypeOf(session({ store: cookieStore() })).toEqualTypeOf(session({ secret }))
  })

  it('require cookies before it', () => {
    // @ts-expect-error 'cookies' is provided later in this stack
    stack(session({ secret }), cookies())
    // @ts-expect-error 'cookies' is missing
    client(session({ secret })(() => text('')))
  })
})

describe('secrets', () => {
  it('can be rotated without losing a session, and taken out to end those they made', async () => {
    const store = memoryStore()
    const [old, young] = ['an old secret for tests, 32 characters', 'a young secret for tests, 32 characters']
    const read = (session: Session) => session.get('a')
    const before = new Stage({ secret: old, store })
    const { id } = await before.once(undefined, (session) => session.set('a', 1))
    const between = new Stage({ secret: [young, old], store })
    expect((await between.once(id, read)).result).toBe(1)
    await between.once(id, (session) => session.set('a', 2))
    const fresh = await between.once(undefined, (session) => session.set('a', 3))
    const moved = await between.once(id, (session) => session.regenerate())
    const after = new Stage({ secret: young, store })
    expect((await after.once(id, read)).result).toBeUndefined()
    expect((await after.once(moved.id, read)).result).toBe(2)
    expect((await after.once(fresh.id, read)).result).toBe(3)
  })
})

describe('the cookie', () => {
  const line = async (options: object, baseUrl = 'http://localhost') => {
    const web = stack(cookies(), session({ secret, ...options }))
    const app = web(({ session }) => {
      session.set('a', 1)
      return text('')
    })
    return (await client(app, { baseUrl }).get('/app')).headers.get('set-cookie')
  }

  it('is the whole site’s, hidden from scripts, and Secure over HTTPS', async () => {
    expect(await line({})).toMatch(/^session=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(await line({}, 'https://a.example')).toMatch(/; HttpOnly; Secure; SameSite=Lax$/)
  })

  it('has the attributes it is given, and never loses HttpOnly', async () => {
    const cookie = {
      name: 'id',
      path: '/app',
      domain: 'a.example',
      sameSite: 'strict',
      secure: true,
    } as const
    expect(await line({ cookie: { ...cookie, httpOnly: false } }, 'https://a.example')).toMatch(
      /^id=[\w-]{32}; Domain=a.example; Path=\/app; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(await line({ cookie: { name: '__Host-id' } })).toMatch(/^__Host-id=.*; Path=\/; HttpOnly; Secure/)
  })

  it('is deleted with the attributes it was set with', async () => {
    const cookie = { name: '__Secure-id', path: '/app', domain: 'a.example' }
    const web = stack(cookies(), session({ secret, cookie }))
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

describe('a store of one process', () => {
  it('is reported once where several processes serve', async () => {
    const reports = async (options: SessionOptions) => {
      const errors: unknown[] = []
      const sessions = createSessions(options)
      const environ = testEnviron('/', {}, { errors: { write: (problem) => errors.push(problem) } })
      const several: Environ = Object.create(environ, {
        gateway: { value: { ...environ.gateway, multiprocess: true } },
      })
      for (const each of [environ, several, several]) {
        await cookies({ secrets: secret })(async (inner) => {
          await sessions.open(inner)
          return text('')
        })(each)
      }
      return errors
    }
    expect(await reports({ secret })).toEqual([expect.stringMatching(/not shared between them/)])
    expect(await reports({ secret, store: sqliteStore({ path: ':memory:' }) })).toEqual([])
    expect(await reports({ store: cookieStore() })).toEqual([])
  })
})

describe('the halves of session', () => {
  it('are to be given what belongs to them, and once', async () => {
    const sessions = createSessions({ secret })
    const app = cookies()(async (environ) => {
      const session = await sessions.open(environ)
      await expect(sessions.commit({ ...session }, text(''))).rejects.toThrow(/takes what open returned/)
      const response = await sessions.commit(session, text('first'))
      await expect(sessions.commit(session, text(''))).rejects.toThrow(/has been returned/)
      return response
    })
    expect(await (await client(app).get('/')).text()).toBe('first')
  })
})
