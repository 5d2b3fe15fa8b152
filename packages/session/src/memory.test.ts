import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryStore } from './memory.ts'

const later = () => Date.now() + 60_000

describe('memoryStore', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('forgets what was used least recently when there are too many', () => {
    const store = memoryStore({ maxSessions: 2 })
    store.commit('a', { data: 'a', expires: later() }, 0)
    store.commit('b', { data: 'b', expires: later() }, 0)
    store.load('a')
    store.commit('c', { data: 'c', expires: later() }, 0)
    expect(['a', 'b', 'c'].map((key) => store.load(key)?.data)).toEqual(['a', undefined, 'c'])
    expect(store.size).toBe(2)
  })

  it('forgets what was used least recently when the data is too much', () => {
    const store = memoryStore({ maxSize: 10 })
    store.commit('a', { data: 'xxxx', expires: later() }, 0)
    store.commit('b', { data: 'xxxx', expires: later() }, 0)
    store.commit('b', { data: 'xxxxxx', expires: later() }, 1)
    expect(store.size).toBe(2)
    store.commit('b', { data: 'xxxxxxx', expires: later() }, 2)
    expect(store.load('a')).toBeUndefined()
    store.destroy('b', 3)
    store.commit('c', { data: 'xxxxxxxxxx', expires: later() }, 0)
    expect(store.load('c')?.version).toBe(1)
  })

  it('keeps one that alone is over the limit, so that its visitor loses nothing', () => {
    const store = memoryStore({ maxSize: 1 })
    store.commit('a', { data: 'xxxx', expires: later() }, 0)
    expect(store.load('a')?.data).toBe('xxxx')
  })

  it('sweeps what has ended without being asked for it', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const store = memoryStore()
    for (let n = 0; n < 100; n++) store.commit(`old${n}`, { data: '', expires: later() }, 0)
    vi.setSystemTime(later() + 1)
    for (let n = 0; n < 50; n++) store.commit(`new${n}`, { data: '', expires: later() }, 0)
    expect(store.size).toBe(50)
  })

  it('names the option that is wrong', () => {
    expect(() => memoryStore({ maxSessions: 0 })).toThrow(
      new TypeError('memoryStore: maxSessions must be a whole number above 0, got 0'),
    )
    expect(() => memoryStore({ maxSize: Number.NaN })).toThrow(/maxSize .* got NaN/)
  })
})
