import Keyv from 'keyv'
import { createStorage, type Storage } from 'unstorage'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { body, quiet, read, visitor, write } from '../../../test/visitor.ts'
import { conformance } from '../../conformance/conformance.ts'
import { SessionFormatError } from '../store.ts'
import { type KeyValueStorage, type KeyValueStoreOptions, keyValueStore } from './key-value.ts'

const later = () => Date.now() + 60_000
const storages: readonly (readonly [name: string, create: () => KeyValueStorage])[] = [
  ['keyv', () => new Keyv()],
  ['unstorage', () => createStorage()],
]

describe.each(storages)('keyValueStore with %s', (_, create) => {
  it.each(conformance.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    await run(keyValueStore({ storage: create() }))
  })

  it('detects values of other programs, and replaces them with new sessions', async () => {
    const storage = create()
    for (const foreign of ['text', { data: 1 }, { version: 1 }]) {
      if ('set' in storage) await storage.set('session:k', foreign as object, 60_000)
      else await storage.setItem('session:k', foreign as object, { ttl: 60 })
      const store = keyValueStore({ storage })
      await expect(store.load('k')).rejects.toThrow(SessionFormatError)
      const entry = { data: 'one', expires: later() }
      expect(await store.commit('k', entry, 1)).toEqual({ ok: false, current: undefined })
      expect(await store.commit('k', entry, 0)).toEqual({ ok: true })
      expect(await store.load('k')).toEqual({ ...entry, version: 1 })
    }
  })

  it('uses its prefix', async () => {
    const storage = create()
    const shop = keyValueStore({ storage, prefix: 'shop:' })
    await shop.commit('k', { data: 'one', expires: later() }, 0)
    expect(await keyValueStore({ storage }).load('k')).toBeUndefined()
    expect(await keyValueStore({ storage, prefix: 'shop:' }).load('k')).toMatchObject({ data: 'one' })
  })

  it('can lose the changes of one of two processes, because it cannot compare versions and write in one step', async () => {
    const storage = create()
    const [one, two] = [keyValueStore({ storage }), keyValueStore({ storage })]
    const expires = later()
    await one.commit('k', { data: '', expires }, 0)
    const commits = [
      one.commit('k', { data: 'one', expires }, 1),
      two.commit('k', { data: 'two', expires }, 1),
    ]
    expect(await Promise.all(commits)).toEqual([{ ok: true }, { ok: true }])
  })
})

describe('keyValueStore with a database that fails', () => {
  const failing = () => {
    throw new Error('connect ECONNREFUSED')
  }
  const database = new Map<string, unknown>()
  let isDown = false
  const adapter = {
    opts: {},
    get: async (key: string) => (isDown ? failing() : database.get(key)),
    set: async (key: string, value: unknown) => (isDown ? failing() : void database.set(key, value)),
    delete: async (key: string) => (isDown ? failing() : database.delete(key)),
    clear: async () => database.clear(),
  }

  it('rejects, although Keyv only emits an event, and works again afterwards', async () => {
    const store = keyValueStore({ storage: new Keyv({ store: adapter }).on('error', () => {}) as Keyv })
    const web = visitor(store, { '/read': read, '/write': write }, quiet)
    await web.get('/write')
    isDown = true
    await expect(store.load('k')).rejects.toThrow('ECONNREFUSED')
    await expect(store.destroy('k', 1)).rejects.toThrow('ECONNREFUSED')
    await expect(store.commit('k', { data: '', expires: later() }, 0)).rejects.toThrow('ECONNREFUSED')
    expect((await web.get('/read')).status).toBe(503)
    isDown = false
    expect(await body(web.get('/read'))).toBe('1')
  })
})

describe('the options of keyValueStore', () => {
  it('are checked when the store is created', () => {
    for (const wrong of [undefined, null, {}, new Map(), 'redis://localhost']) {
      expect(() => keyValueStore({ storage: wrong as unknown as KeyValueStorage })).toThrow(
        /^keyValueStore: storage must be an instance of Keyv or a storage of unstorage, got /,
      )
    }
    expect(() => keyValueStore({ storage: new Keyv(), prefix: 1 as unknown as string })).toThrow(
      new TypeError('keyValueStore: prefix must be text, got 1'),
    )
    expect(() => keyValueStore({ storage: new Keyv(), ttl: 1 } as KeyValueStoreOptions)).toThrow(
      "keyValueStore: unknown option 'ttl'",
    )
  })

  it('accept both packages at compile time', () => {
    expectTypeOf<Keyv>().toExtend<KeyValueStorage>()
    expectTypeOf<Storage>().toExtend<KeyValueStorage>()
    expectTypeOf<Map<string, string>>().not.toExtend<KeyValueStorage>()
  })
})
