import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, json, stack, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { quiet } from '../../test/visitor.ts'
import { type CookieSession, type CookieStoreOptions, type Session, session } from '../index.ts'
import { cookieStore } from '../stores/cookie.ts'

const secrets = 'a secret for tests of 32 characters'

const app: Application<{ session: Session; cookies: Cookies }> = ({ session, pathInfo }) => {
  if (pathInfo === '/public') return text('public')
  if (pathInfo === '/sign-in') session.regenerateId({ user: 'ada' })
  return json({ id: session.id, user: session.user ?? null })
}

function visitor(revoked: CookieStoreOptions['revoked'] | undefined): Client {
  const store = cookieStore(revoked && { revoked })
  const web = stack(cookies(), session({ secrets, store, storeTimeout: '20ms' }))
  return client(web(app), { errors: quiet })
}

async function user(web: Client): Promise<unknown> {
  return ((await (await web.get('/')).json()) as { user: unknown }).user
}

describe('a session in the cookie', () => {
  it('can be revoked by its public id', async () => {
    const revoked = new Set<string>()
    const web = visitor(({ id }) => revoked.has(id))
    const { id } = (await (await web.post('/sign-in')).json()) as { id: string }
    const stolen = visitor(({ id }) => revoked.has(id))
    stolen.cookies.set('session', web.cookies.get('session')!)
    expect(await user(stolen)).toBe('ada')
    revoked.add(id)
    expect([await user(web), await user(stolen)]).toEqual([null, null])
    await web.post('/sign-in')
    expect([await user(web), await user(stolen)]).toEqual(['ada', null])
  })

  it('can be revoked by its user and the time when it was issued', async () => {
    const asked: CookieSession[] = []
    const signedOut = new Map<string, number>()
    const web = visitor(async (session) => {
      asked.push(session)
      return session.issuedAt <= (signedOut.get(session.user ?? '') ?? 0)
    })
    const before = Date.now()
    const { id } = (await (await web.post('/sign-in')).json()) as { id: string }
    expect(await user(web)).toBe('ada')
    expect(asked).toEqual([{ id, user: 'ada', issuedAt: expect.any(Number) }])
    expect(asked[0]!.issuedAt).toBeGreaterThanOrEqual(before)
    signedOut.set('ada', Date.now())
    expect(await user(web)).toBeNull()
  })

  it('is not checked if the request has no valid cookie', async () => {
    let count = 0
    const web = visitor(() => {
      count++
      return false
    })
    await web.get('/')
    web.cookies.set('session', 'junk')
    await web.get('/')
    expect(count).toBe(0)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    [
      'throws null',
      () => {
        throw null
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['rejects with undefined', () => Promise.reject(undefined)],
    ['never settles', () => new Promise(() => {})],
    [
      'is a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: an application could return one.
        then() {
          throw new Error('down')
        },
      }),
    ],
  ])('gets 503 if the check %s, unless the request does not use it', async (_, check) => {
    const web = visitor(check as () => boolean)
    await web.post('/sign-in')
    const response = await web.get('/')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await (await web.get('/public')).text()).toBe('public')
    expect(String(web.errors[0])).toContain('session: revoked failed: ')
  })

  it.each([[undefined], [null], [0], ['']])('is valid if the check returns %j', async (result) => {
    const web = visitor((() => result) as unknown as () => boolean)
    await web.post('/sign-in')
    expect(await user(web)).toBe('ada')
  })
})

describe('cookieStore', () => {
  it.each([
    [{ maxCookies: 0 }, 'cookieStore: maxCookies must be a whole number of cookies from 1 to 8, got 0'],
    [{ maxCookies: 9 }, 'cookieStore: maxCookies must be a whole number of cookies from 1 to 8, got 9'],
    [{ revoked: true }, 'cookieStore: revoked must be a function, got true'],
    [{ revoke: () => true }, "cookieStore: unknown option 'revoke', did you mean 'revoked'?"],
  ])('rejects the options %j', (options, message) => {
    expect(() => cookieStore(options as never)).toThrow(new TypeError(message))
  })
})
