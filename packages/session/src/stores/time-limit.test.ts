import { cookies } from '@tsgi/cookies'
import { type Application, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { quiet, secrets } from '../../test/visitor.ts'
import type { Session, SessionStore } from '../index.ts'
import { session } from '../session.ts'
import { memoryStore } from './memory/memory.ts'

/** A store that holds its results back while it is silent. */
class SilentStore implements SessionStore {
  calls = 0
  readonly #store = memoryStore()
  #voice: PromiseWithResolvers<void> | undefined

  silence(): void {
    this.#voice = Promise.withResolvers()
  }

  speak(): void {
    this.#voice?.resolve()
    this.#voice = undefined
  }

  load(key: string) {
    return this.#call(() => this.#store.load(key))
  }

  commit(...entry: Parameters<SessionStore['commit']>) {
    return this.#call(() => this.#store.commit(...entry))
  }

  destroy(...entry: Parameters<SessionStore['destroy']>) {
    return this.#call(() => this.#store.destroy(...entry))
  }

  async #call<T>(work: () => T): Promise<T> {
    this.calls++
    await this.#voice?.promise
    return work()
  }
}

function visitorOf(store: SessionStore, storeTimeout: number) {
  const app: Application<{ session: Session }> = ({ pathInfo, session }) => {
    if (pathInfo === '/write') session.set('a', 1)
    return text(pathInfo === '/plain' ? 'plain' : String(session.get('a')))
  }
  return client(stack(cookies(), session({ secrets, store, storeTimeout }))(app), { errors: quiet })
}

describe('a store that does not respond', () => {
  it('causes a 503 after storeTimeout, and immediately from then on, until it responds', async () => {
    const store = new SilentStore()
    const web = visitorOf(store, 500)
    await web.get('/write')
    store.silence()
    expect((await web.get('/write')).status).toBe(503)
    const { calls } = store
    expect((await web.get('/write')).status).toBe(503)
    expect(await (await web.get('/plain')).text()).toBe('plain')
    expect(store.calls).toBe(calls)
    expect(String(web.errors[0])).toBe(
      'StoreError: session: the store failed to load: no response within 500 ms',
    )
    store.speak()
    await expect.poll(async () => await (await web.get('/read')).text(), { interval: 5 }).toBe('1')
  })

  it('is asked again after that time, even if it has dropped the earlier request', async () => {
    const store = new SilentStore()
    const web = visitorOf(store, 50)
    await web.get('/write')
    store.silence()
    expect((await web.get('/read')).status).toBe(503)
    const { calls } = store
    await expect.poll(async () => [(await web.get('/read')).status, store.calls > calls]).toEqual([503, true])
  })

  it('is waited for without a limit if storeTimeout is 0', async () => {
    const store = new SilentStore()
    const web = visitorOf(store, 0)
    await web.get('/write')
    store.silence()
    const read = web.get('/read')
    await expect.poll(() => store.calls).toBeGreaterThan(1)
    store.speak()
    expect(await (await read).text()).toBe('1')
  })
})
