import { HttpError, text } from '@tsgi/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { remoteStore } from '../../test/stores.ts'
import { body, type Handler, quiet, read, secrets, visitor, write } from '../../test/visitor.ts'
import { type SessionStore, session } from '../index.ts'
import { memoryStore } from '../stores/memory/memory.ts'

/** A store that fails while `isDown` is true: `load` rejects or throws. */
function unreliable(store: SessionStore, rejects: boolean): SessionStore & { isDown: boolean } {
  const unlessDown = <T>(work: () => T): T => {
    if (result.isDown) throw new Error('connect ECONNREFUSED 127.0.0.1:6379')
    return work()
  }
  const result = {
    ...(store.synchronous && { synchronous: true }),
    isDown: false,
    load: rejects
      ? async (key: string) => unlessDown(() => store.load(key))
      : (key: string) => unlessDown(() => store.load(key)),
    commit: (...entry: Parameters<SessionStore['commit']>) => unlessDown(() => store.commit(...entry)),
    destroy: (...entry: Parameters<SessionStore['destroy']>) => unlessDown(() => store.destroy(...entry)),
  }
  return result
}

const handlers: Record<string, Handler> = {
  '/': () => text('no session needed'),
  '/read': read,
  '/write': write,
  '/destroy': ({ session }) => {
    session.destroy()
    return text('')
  },
  '/sign-in': ({ session, queryString }) => {
    session.regenerateId({ user: queryString })
    return text('')
  },
  '/user': ({ session }) => text(session.user ?? 'nobody'),
  '/fallback': ({ session }) => {
    try {
      return text(String(session.get('a')))
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      return text('without a session')
    }
  },
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each<[string, () => SessionStore, boolean]>([
  ['a synchronous store', () => memoryStore(), false],
  ['a remote store', remoteStore, true],
  ['a remote store that throws instead of rejecting', remoteStore, false],
])('while %s is down', (_, create, rejects) => {
  it('returns 503 with Retry-After if the session is used, without a cookie or details', async () => {
    const store = unreliable(create(), rejects)
    const web = visitor(store, handlers, quiet)
    await web.get('/write')
    store.isDown = true
    for (const path of ['/read', '/write', '/destroy']) {
      const response = await web.get(path)
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('5')
      expect(response.headers.getSetCookie()).toEqual([])
      expect(await response.json()).toEqual({
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: 'The session store is not available.',
      })
    }
    store.isDown = false
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('returns 503 if the store only fails when the session is stored', async () => {
    const store = unreliable(create(), rejects)
    const web = visitor(
      store,
      {
        '/': ({ session }) => {
          session.set('a', 1)
          store.isDown = true
          return text('')
        },
      },
      quiet,
    )
    const response = await web.get('/')
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []])
    expect(String(web.errors)).toContain('session: the store failed to commit: connect ECONNREFUSED')
  })

  it('does not affect requests that do not use their session, or that handle the error', async () => {
    const store = unreliable(create(), rejects)
    const web = visitor(store, handlers, quiet)
    await web.get('/write')
    store.isDown = true
    expect(await body(web.get('/'))).toBe('no session needed')
    expect(await body(web.get('/fallback'))).toBe('without a session')
    store.isDown = false
    expect(await body(web.get('/fallback'))).toBe('1')
  })

  it('continues without a session, cookies and changes if onStoreError is ignore', async () => {
    const store = unreliable(create(), rejects)
    const web = visitor(store, handlers, quiet, { onStoreError: 'ignore' })
    await web.get('/write')
    store.isDown = true
    const response = await web.get('/read')
    expect([response.status, await response.text()]).toEqual([200, 'undefined'])
    const written = await web.get('/write')
    expect([written.status, written.headers.getSetCookie()]).toEqual([200, []])
    expect(web.errors).toHaveLength(1)
    store.isDown = false
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('drops changes that cannot be stored if onStoreError is ignore', async () => {
    const store = unreliable(create(), rejects)
    const goDown: Handler = ({ session }) => {
      session.set('a', 2)
      store.isDown = true
      return text('done')
    }
    const options = { onStoreError: 'ignore' } as const
    const known = visitor(store, { ...handlers, '/down': goDown }, quiet, options)
    await known.get('/write')
    for (const web of [known, visitor(store, { '/down': goDown }, quiet, options)]) {
      store.isDown = false
      const response = await web.get('/down')
      expect([response.status, response.headers.getSetCookie()]).toEqual([200, []])
      expect(String(web.errors)).toContain('session: the store failed to commit: connect ECONNREFUSED')
    }
    store.isDown = false
    expect(await body(known.get('/read'))).toBe('1')
  })

  it('still returns 503 if the session is destroyed and onStoreError is ignore', async () => {
    const store = unreliable(create(), rejects)
    const web = visitor(store, handlers, quiet, { onStoreError: 'ignore' })
    await web.get('/write')
    store.isDown = true
    const response = await web.get('/destroy')
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []])
    store.isDown = false
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('still returns 503 if somebody signs in and onStoreError is ignore, because the previous user would remain', async () => {
    const store = unreliable(create(), rejects)
    const web = visitor(store, handlers, quiet, { onStoreError: 'ignore' })
    await web.get('/sign-in?ada')
    store.isDown = true
    const response = await web.get('/sign-in?bob')
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []])
    store.isDown = false
    expect(await body(web.get('/user'))).toBe('ada')
    expect((await web.get('/sign-in?bob')).status).toBe(200)
    expect(await body(web.get('/user'))).toBe('bob')
  })

  it('does not give the session of one user to another if the store returns while the other signs in', async () => {
    const store = unreliable(create(), rejects)
    const back: Handler = ({ session }) => {
      session.regenerateId({ user: 'bob' })
      store.isDown = false
      return text('')
    }
    const web = visitor(store, { ...handlers, '/back': back }, quiet, { onStoreError: 'ignore' })
    await web.get('/sign-in?ada')
    await web.get('/write')
    store.isDown = true
    expect((await web.get('/back')).status).toBe(503)
    expect([await body(web.get('/user')), await body(web.get('/read'))]).toEqual(['ada', '1'])
  })

  it('reports the first failure in full, then at most one line per second, with the number of the others', async () => {
    const store = unreliable(create(), rejects)
    const web = visitor(store, handlers, quiet)
    await web.get('/write')
    store.isDown = true
    const message = 'session: the store failed to load: connect ECONNREFUSED 127.0.0.1:6379'
    for (let n = 0; n < 20; n++) await web.get('/read')
    expect(web.errors).toEqual([
      expect.objectContaining({ name: 'StoreError', message, cause: expect.any(Error) }),
    ])
    vi.advanceTimersByTime(999)
    await web.get('/read')
    expect(web.errors).toHaveLength(1)
    vi.advanceTimersByTime(1)
    for (let n = 0; n < 20; n++) await web.get('/read')
    expect(web.errors.slice(1)).toEqual([`${message} (and 20 more)`])
    vi.advanceTimersByTime(60_001)
    await web.get('/read')
    expect(web.errors).toHaveLength(3)
    expect(web.errors[2]).toMatchObject({ message })
  })
})

describe('the option onStoreError', () => {
  it.each([null, true, 'allow', () => 'ignore'])('is refused if it is %s', (onStoreError) => {
    expect(() => session({ secrets, onStoreError: onStoreError as 'ignore' })).toThrow(
      /^session: onStoreError must be 'reject' or 'ignore', got /,
    )
  })
})
