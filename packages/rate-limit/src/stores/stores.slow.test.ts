import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresServer } from '../../../../scripts/postgres-server.ts'
import { requireProgram } from '../../../../scripts/programs.ts'
import { RedisServer } from '../../../../scripts/redis-server.ts'
import { type RateLimitStoreFactory, rateLimit } from '../index.ts'
import { postgresStore } from './postgres.ts'
import { redisStore } from './redis.ts'

const program = requireProgram('redis-server')
const run = promisify(execFile)
const counting = new URL('../../test/count.ts', import.meta.url).pathname

interface Database {
  connect(): Promise<{ store: RateLimitStoreFactory; close(): Promise<unknown> }>
  /** Takes the database down. */
  stop(): Promise<void>
  start(): Promise<void>
  readonly url: string
}

let redis: RedisServer
let postgres: PostgresServer

beforeAll(async () => {
  redis = new RedisServer(program ?? '')
  postgres = new PostgresServer()
  await Promise.all([program && redis.start(), postgres.start()])
}, 60_000)
afterAll(async () => {
  await redis[Symbol.asyncDispose]()
  await postgres[Symbol.asyncDispose]()
})

const redisUrl = () => `redis://127.0.0.1:${redis.port}`
const databases: [string, Database][] = [
  [
    'redis',
    {
      async connect() {
        const client = createClient({ url: redisUrl(), socket: { reconnectStrategy: 20 } }).on(
          'error',
          () => {},
        )
        await client.connect()
        return { store: redisStore({ client }), close: async () => client.destroy() }
      },
      stop: () => redis.kill(),
      start: () => redis.start(),
      get url() {
        return redisUrl()
      },
    },
  ],
  [
    'ioredis',
    {
      async connect() {
        const client = new Redis(redisUrl(), { retryStrategy: () => 20 }).on('error', () => {})
        return { store: redisStore({ client }), close: async () => client.disconnect() }
      },
      stop: () => redis.kill(),
      start: () => redis.start(),
      get url() {
        return `io${redisUrl()}`
      },
    },
  ],
  [
    'postgres',
    {
      async connect() {
        const client = new Pool({ connectionString: postgres.url }).on('error', () => {})
        return { store: postgresStore({ client }), close: () => client.end() }
      },
      stop: () => postgres.stop(),
      start: () => postgres.start(),
      get url() {
        return postgres.url
      },
    },
  ],
]

describe.runIf(program).each(databases)('%s', (name, database) => {
  const options = (store: RateLimitStoreFactory, label: string) =>
    ({
      name: `${name}-${label}`,
      points: 3,
      window: '1m',
      key: () => 'client',
      store,
      storeTimeout: '2s',
    }) as const

  it('counts the requests of a window', async () => {
    const { store, close } = await database.connect()
    const limit = rateLimit(options(store, 'window'))
    const browser = client(
      limit(async (environ) => {
        if (environ.queryString === 'reset') await limit.reset(environ)
        return text('')
      }),
    )
    const statuses = []
    for (let n = 0; n < 4; n++) statuses.push((await browser.get('/')).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const rejected = await browser.get('/')
    const left = Number(rejected.headers.get('retry-after'))
    expect(left).toBeGreaterThan(50)
    expect(left).toBeLessThanOrEqual(60)
    expect(browser.errors).toEqual([])
    await close()
  })

  it('begins a new window when one has ended', async () => {
    const { store, close } = await database.connect()
    const browser = client(rateLimit({ ...options(store, 'end'), points: 1, window: '1s' })(() => text('')))
    expect((await browser.get('/')).status).toBe(200)
    expect((await browser.get('/')).status).toBe(429)
    await expect.poll(async () => (await browser.get('/')).status).toBe(200)
    await close()
  })

  it('counts exactly when several processes count at once', async () => {
    const processes = Array.from({ length: 4 }, () =>
      run(process.execPath, [counting, database.url, '250', '100']),
    )
    const passed = await Promise.all(processes.map(async (each) => Number((await each).stdout)))
    expect(passed.reduce((a, b) => a + b)).toBe(100)
  })

  it('lets requests pass while the database is down, and counts again when it is back', async () => {
    const { store, close } = await database.connect()
    const browser = client(
      rateLimit({ ...options(store, 'outage'), points: 1, storeTimeout: '100ms' })(() => text('')),
      {
        errors: { write() {} },
      },
    )
    await database.stop()
    const begin = performance.now()
    for (let n = 0; n < 3; n++) expect((await browser.get('/')).status).toBe(200)
    expect(browser.errors).toHaveLength(1)
    expect(performance.now() - begin).toBeLessThan(5_000)
    await database.start()
    await expect.poll(async () => (await browser.get('/')).status).toBe(429)
    await close()
  })
})

describe('a store', () => {
  it('rejects a client of another kind', () => {
    expect(() => redisStore({ client: {} as never })).toThrow('redisStore: client must be a client of redis')
    expect(() => postgresStore({ client: {} as never })).toThrow('postgresStore: client must be a pool')
    expect(() => postgresStore({ client: { query: async () => ({ rows: [] }) }, table: 'a"; drop' })).toThrow(
      'postgresStore: table must be a name of letters, digits and underscores',
    )
  })
})
