import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { createClient, createClientPool, type createCluster, type createSentinel } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { requireProgram } from '../../../scripts/programs.ts'
import { type Connection, connected } from '../test/redis-client.ts'
import { RedisServer } from '../test/redis-server.ts'
import { Stage } from '../test/running.ts'
import { conformance } from './conformance.ts'
import { type RedisConnection, type RedisStore, redisStore } from './redis.ts'

const program = requireProgram('redis-server')
const secret = 'a secret for tests of 32 characters'
const later = () => Date.now() + 60_000

describe.runIf(program)('redisStore', () => {
  let server: RedisServer
  let client: Connection
  let store: RedisStore
  beforeAll(async () => {
    server = new RedisServer(program!)
    await server.start()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(async () => {
    client = await connected(server.path)
    await client.flushAll()
    store = redisStore({ client })
  })

  it.each(conformance.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    await run(store)
  })

  it('refuses a version that another connection has overtaken', async () => {
    const other = redisStore({ client: await connected(server.path) })
    const expires = later()
    await store.commit('k', { data: 'one', expires }, 0)
    expect(await other.commit('k', { data: 'two', expires }, 1)).toEqual({ ok: true })
    const current = { data: 'two', expires, version: 2 }
    expect(await store.commit('k', { data: 'late', expires }, 1)).toEqual({ ok: false, current })
    expect(await store.destroy('k', 1)).toEqual({ ok: false, current })
  })

  it('has Redis remove what has ended', async () => {
    await store.commit('k', { data: 'one', expires: Date.now() + 60_000 }, 0)
    const left = await client.pTTL('session:k')
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(60_000)
    await store.commit('k', { data: 'two', expires: Date.now() + 30 }, 1)
    await expect.poll(() => client.exists('session:k')).toBe(0)
    expect(await store.load('k')).toBeUndefined()
    expect(await store.commit('k', { data: 'late', expires: later() }, 2)).toEqual({
      ok: false,
      current: undefined,
    })
  })

  it('works over a pool of connections', async () => {
    const pool = createClientPool({ socket: { path: server.path, tls: false } })
    pool.on('error', () => {})
    await pool.connect()
    onTestFinished(() => pool.destroy())
    for (const { name, run } of conformance) {
      if (!/many|200/.test(name)) continue
      await client.flushAll()
      await run(redisStore({ client: pool }))
    }
  })

  it('gives back any text, end and version', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 })
    const property = fc.asyncProperty(text, fc.nat(2 ** 40), fc.nat(5), async (data, ahead, again) => {
      await client.flushAll()
      const expires = later() + ahead
      for (let version = 0; version <= again; version++) await store.commit('k', { data, expires }, version)
      expect(await store.load('k')).toEqual({ data, expires, version: again + 1 })
      expect(await store.commit('k', { data: '', expires }, 0)).toEqual({
        ok: false,
        current: { data, expires, version: again + 1 },
      })
    })
    await fc.assert(property)
  })

  it('begins its keys with the prefix', async () => {
    const shop = redisStore({ client, prefix: 'shop:' })
    await shop.commit('k', { data: 'one', expires: later() }, 0)
    expect(await client.keys('*')).toEqual(['shop:k'])
    expect(await store.load('k')).toBeUndefined()
    expect(await shop.destroy('k', 1)).toEqual({ ok: true })
    expect(await client.keys('*')).toEqual([])
  })

  it('destroys nothing where there is nothing', async () => {
    expect(await store.destroy('k', 0)).toEqual({ ok: false, current: undefined })
  })

  it('sends a script once, and again when Redis has forgotten it', async () => {
    await client.scriptFlush()
    let sent = 0
    const counted: RedisConnection = {
      get: (key) => client.get(key),
      evalSha: (...given) => client.evalSha(...given),
      eval: (...given) => client.eval(...given).finally(() => sent++),
    }
    store = redisStore({ client: counted })
    for (let version = 0; version < 5; version++) {
      expect(await store.commit('k', { data: `${version}`, expires: later() }, version)).toEqual({ ok: true })
    }
    expect(sent).toBe(1)
    await client.scriptFlush()
    expect(await store.commit('k', { data: 'six', expires: later() }, 5)).toEqual({ ok: true })
    expect(await store.load('k')).toMatchObject({ data: 'six', version: 6 })
    expect(sent).toBe(2)
  })

  it.each(['', '1', '0', 'text', '1 2', '-1 2 data', '{"version":1}'])(
    'neither reads nor changes what another program put there: %j',
    async (foreign) => {
      await client.set('session:k', foreign)
      const message = 'what is kept under the key is no session'
      await expect(store.load('k')).rejects.toThrow(`redisStore: load: ${message}`)
      for (const version of [0, 1]) {
        const entry = { data: 'one', expires: later() }
        await expect(store.commit('k', entry, version)).rejects.toThrow(`redisStore: commit: ${message}`)
        await expect(store.destroy('k', version)).rejects.toThrow(`redisStore: destroy: ${message}`)
      }
      expect(await client.get('session:k')).toBe(foreign)
    },
  )

  it('neither reads nor changes a key of another kind', async () => {
    await client.hSet('session:k', 'a', 'b')
    await expect(store.load('k')).rejects.toThrow(/^redisStore: load: WRONGTYPE/)
    await expect(store.commit('k', { data: 'one', expires: later() }, 0)).rejects.toThrow(/WRONGTYPE/)
    expect(await client.hGetAll('session:k')).toEqual({ a: 'b' })
  })

  it('says when Redis has no room', async () => {
    await client.configSet({ maxmemory: '1', 'maxmemory-policy': 'noeviction' })
    try {
      await expect(store.commit('k', { data: 'one', expires: later() }, 0)).rejects.toThrow(
        /^redisStore: commit: .*OOM/,
      )
    } finally {
      await client.configSet('maxmemory', '0')
    }
  })

  it('keeps all that 200 requests of one visitor write at the same time', async () => {
    const stage = new Stage({ secret, store })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    await stage.together(200, id, (session, n) => {
      session.set(`key${n}`, n)
      session.update('count', (count = 0) => (count as number) + 1)
    })
    const { result } = await stage.once(id, (session) => numbers.map((n) => session.get(`key${n}`)))
    expect(result).toEqual(numbers)
    expect((await stage.once(id, (session) => session.get('count'))).result).toBe(200)
  })

  it('keeps all that 100 requests in each of two processes write to one session', async () => {
    const stage = new Stage({ secret, store })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    const writer = fileURLToPath(new URL('../test/redis-writer.ts', import.meta.url))
    const processes = ['one', 'two'].map((name) =>
      promisify(execFile)(process.execPath, [writer, server.path, id!, name]),
    )
    for (const { stderr } of await Promise.all(processes)) expect(stderr).toBe('')
    const { result } = await stage.once(id, (session) =>
      ['one', 'two'].flatMap((name) => Array.from({ length: 100 }, (_, n) => session.get(`${name}${n}`))),
    )
    expect(result).toEqual([...Array(100).keys(), ...Array(100).keys()])
    expect((await stage.once(id, (session) => session.get('count'))).result).toBe(200)
  }, 60_000)
})

describe('the options of redisStore', () => {
  const client = createClient()

  it('are named where they are wrong', () => {
    expect(() => redisStore({ client, prefix: 1 as unknown as string })).toThrow(
      new TypeError('redisStore: prefix must be text, got 1'),
    )
    for (const wrong of [undefined, null, {}, 'redis://localhost', { get: client.get }]) {
      expect(() => redisStore({ client: wrong as unknown as RedisConnection })).toThrow(
        /^redisStore: client must be a client of Redis, but it has no method (get|evalSha)$/,
      )
    }
  })

  it('take each kind of client that the redis package has', () => {
    expectTypeOf(client).toExtend<RedisConnection>()
    expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisConnection>()
    expectTypeOf<ReturnType<typeof createSentinel>>().toExtend<RedisConnection>()
    expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<RedisConnection>()
  })
})
