import { cookies } from '@tsgi/cookies'
import { stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Stage } from '../test/stage.ts'
import { sharedStores } from '../test/stores.ts'
import type { SessionOptions } from './options.ts'
import { session } from './session.ts'
import { cookieStore } from './stores/cookie.ts'
import { memoryStore } from './stores/memory/memory.ts'
import type { SessionStore } from './stores/store.ts'

const secrets = 'a secret for tests of 32 characters'
const times = { idleTimeout: '1000s', absoluteTimeout: '5000s' } as const

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000)
}

const kinds: readonly (readonly [string, () => SessionOptions])[] = [
  ...sharedStores.map(([name, create]) => [name, () => ({ secrets, store: create(), ...times })] as const),
  ['the cookie', () => ({ secrets, store: cookieStore(), ...times })],
]

describe.each(kinds)('a session in %s', (_, options) => {
  /** Returns a function that sends a request with the cookie of the previous one. */
  async function visitor() {
    const stage = new Stage(options())
    let cookie: string | undefined
    const visit = async <T>(work: Parameters<typeof stage.once<T>>[1]) => {
      const { result, id } = await stage.once(cookie, work)
      if (id !== undefined) cookie = id
      return { result, cookie: id }
    }
    await visit((session) => session.set('a', 1))
    return visit
  }

  it('expires when it has not been used for the idle timeout', async () => {
    const visit = await visitor()
    pass(999)
    expect((await visit((session) => session.get('a'))).result).toBe(1)
    pass(1000)
    expect((await visit((session) => session.get('a'))).result).toBeUndefined()
  })

  it('lasts as long as it is used, up to the absolute timeout', async () => {
    const visit = await visitor()
    for (let seconds = 500; seconds < 5000; seconds += 500) {
      pass(500)
      expect((await visit((session) => session.get('a'))).result).toBe(1)
    }
    pass(500)
    expect((await visit((session) => session.get('a'))).result).toBeUndefined()
  })

  it('restarts its absolute timeout with regenerateId', async () => {
    const visit = await visitor()
    for (let seconds = 900; seconds < 5000; seconds += 900) {
      pass(900)
      await visit((session) => session.get('a'))
    }
    await visit((session) => session.regenerateId())
    pass(900)
    expect((await visit((session) => session.get('a'))).result).toBe(1)
  })

  it('survives a clock that is set back for a while, even if it is used in the meantime', async () => {
    const visit = await visitor()
    pass(-3600)
    await visit((session) => session.get('a'))
    await visit((session) => session.set('b', 2))
    pass(3600)
    expect((await visit((session) => [session.get('a'), session.get('b')])).result).toEqual([1, 2])
    pass(1000)
    expect((await visit((session) => session.get('a'))).result).toBeUndefined()
  })

  it('expires after the absolute timeout even if it changes all the time', async () => {
    const visit = await visitor()
    for (let seconds = 500; seconds <= 4500; seconds += 500) {
      pass(500)
      await visit((session) => session.set('b', seconds))
    }
    pass(500)
    expect((await visit((session) => session.isNew)).result).toBe(true)
  })
})

describe('the expiry of a session', () => {
  it('is stored again after a tenth of the idle timeout, not with every read', async () => {
    const store = memoryStore()
    let commits = 0
    const counted: SessionStore = {
      ...store,
      commit(...entry) {
        commits++
        return store.commit(...entry)
      },
    }
    const stage = new Stage({ secrets, store: counted, ...times })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    for (let n = 0; n < 99; n++) {
      pass(1)
      await stage.once(id, (session) => session.get('a'))
    }
    expect(commits).toBe(1)
    pass(1)
    await stage.once(id, (session) => session.get('a'))
    expect(commits).toBe(2)
  })

  it('needs no new cookie in a shared store', async () => {
    const stage = new Stage({ secrets, ...times })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    for (let n = 0; n < 9; n++) {
      pass(500)
      expect(await stage.once(id, (session) => session.get('a'))).toEqual({ result: 1, id: undefined })
    }
  })

  it('becomes earlier for existing sessions if the absolute timeout is shortened', async () => {
    const store = memoryStore()
    const long = new Stage({ secrets, store, ...times })
    const { id } = await long.once(undefined, (session) => session.set('a', 1))
    const short = new Stage({ secrets, store, ...times, absoluteTimeout: '100s' })
    pass(99)
    expect((await short.once(id, (session) => session.get('a'))).result).toBe(1)
    pass(1)
    expect((await short.once(id, (session) => session.get('a'))).result).toBeUndefined()
  })

  it('is only in the cookie if the cookie is persistent', async () => {
    const lines = async (options: object) => {
      const web = stack(cookies(), session({ secrets, absoluteTimeout: '5000s', ...options }))
      const app = web(({ session }) => {
        session.set('a', 1)
        return text('')
      })
      return (await client(app).get('/')).headers.getSetCookie()
    }
    expect(await lines({})).toEqual([
      expect.stringMatching(/^session=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    expect(await lines({ cookie: { persistent: true } })).toEqual([
      expect.stringContaining('; Max-Age=5000;'),
    ])
  })
})
