import { text } from '@tsgi/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { remoteStore } from '../../test/stores.ts'
import { body, type Handler, quiet, read, visitor, write } from '../../test/visitor.ts'
import { SessionFormatError, type SessionStore } from '../index.ts'
import { memoryStore } from '../stores/memory/memory.ts'

const handlers: Record<string, Handler> = {
  '/read': read,
  '/write': write,
  '/sign-in': ({ session }) => {
    session.regenerateId()
    session.set('a', 2)
    return text('')
  },
  '/sign-out': ({ session }) => {
    session.destroy()
    return text('')
  },
}

/** A store whose sessions are replaced with other text when `damage` is called. */
function damageable(store: SessionStore): SessionStore & { damage(data: string): Promise<void> } {
  const keys = new Set<string>()
  return {
    ...store,
    commit(key, entry, version) {
      keys.add(key)
      return store.commit(key, entry, version)
    },
    async damage(data) {
      for (const key of keys) {
        const stored = await store.load(key)
        if (stored) await store.commit(key, { ...stored, data }, stored.version)
      }
    },
  }
}

const damages = [
  ['truncated', '{"created":1795884474901,"data":{"a"'],
  ['empty', ''],
  ['of another format', 'a:1:{s:4:"user";s:3:"ada";}'],
  ['of another library', '{"cookie":{"originalMaxAge":null},"user":"ada"}'],
  ['an array', '[]'],
  ['null', 'null'],
  ['without values', '{"created":1795884474901,"flashes":[]}'],
  ['with invalid flash messages', '{"created":1795884474901,"data":{},"flashes":[1]}'],
] as const

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each([
  ['memory', () => memoryStore()],
  ['a remote store', remoteStore],
])('a session in %s that cannot be read', (_, create) => {
  it.each(damages)('is ignored and reported once, and can be replaced: %s', async (_, data) => {
    const store = damageable(create())
    const web = visitor(store, handlers, quiet)
    for (const path of ['/write', '/sign-in', '/sign-out']) {
      await web.get('/write')
      const id = web.cookies.get('session')
      await store.damage(data)
      for (let n = 0; n < 3; n++) expect(await body(web.get('/read'))).toBe('undefined')
      expect(web.errors).toEqual([
        expect.stringMatching(/^session: ignored the session [\w-]{43}, which cannot be read: ./),
      ])
      expect((await web.get(path)).status).toBe(200)
      expect(web.cookies.get('session')).not.toBe(id)
      expect(await body(web.get('/read'))).toBe({ '/write': '1', '/sign-in': '2' }[path] ?? 'undefined')
      ;(web.errors as unknown[]).length = 0
      vi.advanceTimersByTime(1000)
    }
  })

  it('is reported at most once per second, with the number of suppressed reports', async () => {
    const store = damageable(create())
    const web = visitor(store, handlers, quiet)
    const ids: unknown[] = []
    for (let n = 0; n < 5; n++) {
      web.cookies.clear()
      await web.get('/write')
      ids.push(web.cookies.get('session'))
    }
    await store.damage('junk')
    web.cookies.clear()
    for (const [index, id] of ids.entries()) {
      if (index === 4) vi.advanceTimersByTime(1000)
      await web.get('/read', { headers: { cookie: `session=${id}` } })
    }
    expect(web.errors).toEqual([
      expect.stringMatching(/cannot be read/),
      expect.stringMatching(/cannot be read: .* \(and 3 more\)$/),
    ])
  })

  it('does not affect another session of the same visitor', async () => {
    const store = damageable(create())
    const web = visitor(store, handlers, quiet)
    await web.get('/write')
    const damaged = web.cookies.get('session')
    await store.damage('junk')
    web.cookies.clear()
    await web.get('/write')
    const cookie = `session=${damaged}; session=${web.cookies.get('session')}`
    expect(await body(web.get('/read', { headers: { cookie } }))).toBe('1')
  })
})

it('ignores and reports a session for which the store throws a SessionFormatError', async () => {
  const store: SessionStore = {
    ...memoryStore(),
    load() {
      throw new SessionFormatError('the row has another type')
    },
  }
  const web = visitor(store, handlers, quiet)
  await web.get('/write')
  expect(await body(web.get('/read'))).toBe('undefined')
  expect(web.errors).toEqual([expect.stringMatching(/which cannot be read: the row has another type$/)])
})
