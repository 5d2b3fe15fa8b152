import type { GlideClient, GlideClusterClient } from '@valkey/valkey-glide'
import fc from 'fast-check'
import type { Cluster, Redis } from 'ioredis'
import type { Redis as Iovalkey } from 'iovalkey'
import { createClient, type createClientPool, type createCluster, type createSentinel } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { requireProgram } from '../../../../../scripts/programs.ts'
import { RedisServer } from '../../../../../scripts/redis-server.ts'
import { type NodeRedis, nodeRedis, redisClients } from '../../../test/redis-clients.ts'
import { Stage } from '../../../test/stage.ts'
import { body, quiet, read, visitor, write } from '../../../test/visitor.ts'
import { conformance } from '../../conformance/conformance.ts'
import { userSessions } from '../../user-sessions.ts'
import { SessionFormatError } from '../store.ts'
import { type RedisClient, type RedisStore, type RedisStoreOptions, redisStore } from './redis.ts'
import type { NodeRedisClient } from './redis-client.ts'

const program = requireProgram('redis-server')
const secrets = 'a secret for tests of 32 characters'
const later = () => Date.now() + 60_000

describe.runIf(program)('redisStore', () => {
  let server: RedisServer
  let client: NodeRedis
  let store: RedisStore
  beforeAll(async () => {
    server = new RedisServer(program!)
    await server.start()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(async () => {
    client = await nodeRedis(server.path)
    await client.flushAll()
    store = redisStore({ client })
  })

  describe.each(redisClients)('with a client of %s', (_, connect) => {
    it.each(conformance.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
      await run(redisStore({ client: await connect(server) }))
    })

    it('sends its scripts again after Redis has restarted, and detects values that are not sessions', async () => {
      const store = redisStore({ client: await connect(server) })
      await client.scriptFlush()
      await client.hSet('session:k', 'a', 'b')
      await expect(store.load('k')).rejects.toThrow(SessionFormatError)
      expect(await store.commit('k', { data: 'one', expires: later() }, 0)).toEqual({ ok: true })
      await client.scriptFlush()
      expect(await store.destroy('k', 1)).toEqual({ ok: true })
    })
  })

  it('ends a session of a user that gets a new id between two commands', async () => {
    const stage = new Stage({ secrets, store })
    const { id } = await stage.once(undefined, (session) => session.regenerateId({ user: 'ada' }))
    const late = await stage.begin(id)
    await late.do((session) => session.regenerateId())
    let commands = 0
    let newId: string | undefined
    const slow: NodeRedisClient = {
      get: (key) => client.get(key),
      eval: (script, options) => client.eval(script, options),
      async evalSha(sha1, options) {
        if (++commands === 2) newId = await late.end()
        return client.evalSha(sha1, options)
      },
    }
    expect(await userSessions(redisStore({ client: slow })).endAll('ada')).toBe(1)
    expect((await stage.once(newId, (session) => session.user)).result).toBeUndefined()
  })

  it('rejects a commit against a version that another connection has replaced', async () => {
    const other = redisStore({ client: await nodeRedis(server.path) })
    const expires = later()
    await store.commit('k', { data: 'one', expires }, 0)
    expect(await other.commit('k', { data: 'two', expires }, 1)).toEqual({ ok: true })
    const current = { data: 'two', expires, version: 2 }
    expect(await store.commit('k', { data: 'late', expires }, 1)).toEqual({ ok: false, current })
    expect(await store.destroy('k', 1)).toEqual({ ok: false, current })
  })

  it('lets Redis remove expired sessions', async () => {
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

  it('returns any text, expiry and version', async () => {
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

  it('puts the prefix before its keys', async () => {
    const shop = redisStore({ client, prefix: 'shop:' })
    await shop.commit('k', { data: 'one', expires: later() }, 0)
    expect(await client.keys('*')).toEqual(['shop:k'])
    expect(await store.load('k')).toBeUndefined()
    expect(await shop.destroy('k', 1)).toEqual({ ok: true })
    expect(await client.keys('*')).toEqual([])
  })

  it('destroys nothing if there is no session', async () => {
    expect(await store.destroy('k', 0)).toEqual({ ok: false, current: undefined })
  })

  it('sends a script only if Redis does not have it', async () => {
    await client.scriptFlush()
    let sent = 0
    const counted: NodeRedisClient = {
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
    'treats a value from another program as no session: %j',
    async (foreign) => {
      await client.set('session:k', foreign)
      await expect(store.load('k')).rejects.toThrow(
        new SessionFormatError('the value in Redis is not a session'),
      )
      const entry = { data: 'one', expires: later() }
      expect(await store.commit('k', entry, 1)).toEqual({ ok: false, current: undefined })
      expect(await store.destroy('k', 0)).toEqual({ ok: false, current: undefined })
      expect(await client.get('session:k')).toBe(foreign)
      expect(await store.commit('k', entry, 0)).toEqual({ ok: true })
      expect(await store.load('k')).toEqual({ ...entry, version: 1 })
    },
  )

  it.each(['text', 'of another type'])(
    'lets a visitor start a new session if the stored value is %s',
    async (damage) => {
      const web = visitor(store, { '/read': read, '/write': write }, quiet)
      await web.get('/write')
      const [key = ''] = await client.keys('*')
      await client.del(key)
      await (damage === 'text' ? client.set(key, 'junk') : client.hSet(key, 'a', 'b'))
      expect(await body(web.get('/read'))).toBe('undefined')
      expect(await body(web.get('/read'))).toBe('undefined')
      expect(web.errors).toEqual([expect.stringMatching(/which cannot be read: the value in Redis is not a/)])
      await web.get('/write')
      expect(await body(web.get('/read'))).toBe('1')
    },
  )

  it('rejects with the error message of Redis if it is out of memory', async () => {
    await client.configSet({ maxmemory: '1', 'maxmemory-policy': 'noeviction' })
    try {
      await expect(store.commit('k', { data: 'one', expires: later() }, 0)).rejects.toThrow(/OOM/)
    } finally {
      await client.configSet('maxmemory', '0')
    }
  })

  it('stores the changes of 200 concurrent requests of one visitor', async () => {
    const stage = new Stage({ secrets, store })
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
})

describe('the options of redisStore', () => {
  const client = createClient()

  it('are checked when the store is created', () => {
    expect(() => redisStore({ client, prefix: 1 as unknown as string })).toThrow(
      new TypeError('redisStore: prefix must be text, got 1'),
    )
    expect(() => redisStore({ client, ttl: 1 } as RedisStoreOptions)).toThrow(
      "redisStore: unknown option 'ttl'",
    )
    expect(() => redisStore(client as never)).toThrow(
      new TypeError('redisStore: the client is an option: redisStore({ client })'),
    )
    for (const wrong of [undefined, null, {}, 'redis://localhost', { get: client.get }]) {
      expect(() => redisStore({ client: wrong as unknown as RedisClient })).toThrow(
        /^redisStore: client must be a client of redis, ioredis, iovalkey or @valkey\/valkey-glide, got /,
      )
    }
  })

  it('accept every client of the packages at compile time', () => {
    expectTypeOf(client).toExtend<RedisClient>()
    expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisClient>()
    expectTypeOf<ReturnType<typeof createSentinel>>().toExtend<RedisClient>()
    expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<RedisClient>()
    expectTypeOf<Redis>().toExtend<RedisClient>()
    expectTypeOf<Cluster>().toExtend<RedisClient>()
    expectTypeOf<Iovalkey>().toExtend<RedisClient>()
    expectTypeOf<GlideClient>().toExtend<RedisClient>()
    expectTypeOf<GlideClusterClient>().toExtend<RedisClient>()
    expectTypeOf<Date>().not.toExtend<RedisClient>()
  })
})
