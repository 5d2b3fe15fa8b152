import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryStore } from './memory.ts'

const later = () => Date.now() + 60_000

describe('memoryStore', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('removes the least recently used session when there are too many', () => {
    const store = memoryStore({ maxSessions: 2 })
    store.commit('a', { data: 'a', expires: later() }, 0)
    store.commit('b', { data: 'b', expires: later() }, 0)
    store.load('a')
    store.commit('c', { data: 'c', expires: later() }, 0)
    expect(['a', 'b', 'c'].map((key) => store.load(key)?.data)).toEqual(['a', undefined, 'c'])
    expect(store.size).toBe(2)
  })

  it('removes the least recently used session when there is too much data', () => {
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

  it('keeps a single session that is larger than the limit', () => {
    const store = memoryStore({ maxSize: 1 })
    store.commit('a', { data: 'xxxx', expires: later() }, 0)
    expect(store.load('a')?.data).toBe('xxxx')
  })

  it('removes expired sessions while others are stored', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const store = memoryStore()
    for (let n = 0; n < 100; n++) store.commit(`old${n}`, { data: '', expires: later() }, 0)
    vi.setSystemTime(later() + 1)
    for (let n = 0; n < 50; n++) store.commit(`new${n}`, { data: '', expires: later() }, 0)
    expect(store.size).toBe(50)
  })

  it('names an unknown or invalid option', () => {
    expect(() => memoryStore({ maxSessions: 0 })).toThrow(
      new TypeError('memoryStore: maxSessions must be a whole number of sessions from 1 to 16777216, got 0'),
    )
    expect(() => memoryStore({ maxSize: Number.NaN })).toThrow(/maxSize .* got NaN/)
  })
})
