import { cookies } from '@tsgi/cookies'
import { stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Stage } from '../test/running.ts'
import { sharedStores } from '../test/stores.ts'
import { cookieStore } from './cookie.ts'
import { memoryStore } from './memory.ts'
import { session } from './session.ts'
import type { SessionOptions } from './sessions.ts'
import type { Store } from './store.ts'

const secret = 'a secret for tests of 32 characters'
const times = { idleTimeout: 1000, absoluteTimeout: 5000 }

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
  ...sharedStores.map(([name, make]) => [name, () => ({ secret, store: make(), ...times })] as const),
  ['the cookie', () => ({ store: cookieStore(), ...times })],
]

describe.each(kinds)('a session in %s', (_, options) => {
  /** A visitor who does something and carries on with the cookie that came of it. */
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

  it('ends when it was not used for the idle timeout', async () => {
    const visit = await visitor()
    pass(999)
    expect((await visit((session) => session.get('a'))).result).toBe(1)
    pass(1000)
    expect((await visit((session) => session.get('a'))).result).toBeUndefined()
  })

  it('goes on for as long as it is used, up to the absolute timeout', async () => {
    const visit = await visitor()
    for (let seconds = 500; seconds < 5000; seconds += 500) {
      pass(500)
      expect((await visit((session) => session.get('a'))).result).toBe(1)
    }
    pass(500)
    expect((await visit((session) => session.get('a'))).result).toBeUndefined()
  })

  it('begins its absolute timeout anew with regenerate', async () => {
    const visit = await visitor()
    for (let seconds = 900; seconds < 5000; seconds += 900) {
      pass(900)
      await visit((session) => session.get('a'))
    }
    await visit((session) => session.regenerate())
    pass(900)
    expect((await visit((session) => session.get('a'))).result).toBe(1)
  })

  it('ends by the absolute timeout also where it is written all the time', async () => {
    const visit = await visitor()
    for (let seconds = 500; seconds <= 4500; seconds += 500) {
      pass(500)
      await visit((session) => session.set('b', seconds))
    }
    pass(500)
    expect((await visit((session) => session.isNew)).result).toBe(true)
  })
})

describe('how long a session lasts', () => {
  it('is written down once a tenth of the idle timeout has passed, not with every read', async () => {
    const store = memoryStore()
    let commits = 0
    const counted: Store = {
      ...store,
      commit(...entry) {
        commits++
        return store.commit(...entry)
      },
    }
    const stage = new Stage({ secret, store: counted, ...times })
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

  it('needs no cookie set again, in a shared store', async () => {
    const stage = new Stage({ secret, ...times })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    for (let n = 0; n < 9; n++) {
      pass(500)
      expect(await stage.once(id, (session) => session.get('a'))).toEqual({ result: 1, id: undefined })
    }
  })

  it('is shortened for sessions that there are by a shorter absolute timeout', async () => {
    const store = memoryStore()
    const long = new Stage({ secret, store, ...times })
    const { id } = await long.once(undefined, (session) => session.set('a', 1))
    const short = new Stage({ secret, store, ...times, absoluteTimeout: 100 })
    pass(99)
    expect((await short.once(id, (session) => session.get('a'))).result).toBe(1)
    pass(1)
    expect((await short.once(id, (session) => session.get('a'))).result).toBeUndefined()
  })

  it('shows in the cookie only where it is to outlive the browser', async () => {
    const lines = async (options: object) => {
      const web = stack(cookies(), session({ secret, absoluteTimeout: 5000, ...options }))
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
