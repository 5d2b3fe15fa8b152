import fc from 'fast-check'
import { Client, Pool, type PoolConfig } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { PostgresServer } from '../../../../../scripts/postgres-server.ts'
import { Stage } from '../../../test/stage.ts'
import { body, quiet, read, visitor, write } from '../../../test/visitor.ts'
import { conformance } from '../../conformance/conformance.ts'
import { userSessions } from '../../user-sessions.ts'
import { type PostgresClient, postgresStore } from './postgres.ts'

const secrets = 'a secret for tests of 32 characters'
const later = () => Date.now() + 60_000
const server = new PostgresServer()
let admin: Pool

beforeAll(async () => {
  await server.start()
  admin = new Pool({ connectionString: server.url }).on('error', () => {})
  await postgresStore({ client: admin }).migrate()
}, 60_000)
afterAll(async () => {
  await admin.end()
  await server[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await admin.query('TRUNCATE sessions')
})

/** A pool that is closed when the current test finishes. */
function pgPool(config: PoolConfig = {}): Pool {
  const pool = new Pool({ connectionString: server.url, ...config }).on('error', () => {})
  onTestFinished(() => pool.end())
  return pool
}

/** Locks the row of a session until the returned function is called. */
async function lockRow(key: string): Promise<() => Promise<unknown>> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  await client.query('BEGIN')
  await client.query('SELECT 1 FROM sessions WHERE key = $1 FOR UPDATE', [key])
  return () => client.end()
}

it('a session that gets a new id while endAll waits for another row is ended', async () => {
  const store = postgresStore({ client: admin })
  const stage = new Stage({ secrets, store })
  const { id } = await stage.once(undefined, (session) => session.regenerateId({ user: 'ada' }))
  // Before the session in the order of keys.
  await store.commit('!', { data: '', expires: later(), user: 'ada' }, 0)
  const locker = new Client({ connectionString: server.url })
  await locker.connect()
  await locker.query("BEGIN; UPDATE sessions SET user_id = 'eve' WHERE key = '!'")
  const ending = userSessions(store).endAll('ada')
  const isWaiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
  await vi.waitUntil(async () => (await admin.query(isWaiting)).rowCount === 1)
  const { id: newId } = await stage.once(id, (session) => session.regenerateId())
  await locker.query('COMMIT')
  await locker.end()
  expect(await ending).toBe(1)
  expect((await stage.once(newId, (session) => session.user)).result).toBeUndefined()
})

describe.each<[name: string, connect: () => { client: PostgresClient; close(): Promise<unknown> }]>([
  [
    'pg',
    () => {
      const client = new Pool({ connectionString: server.url })
      return { client, close: () => client.end() }
    },
  ],
  [
    'postgres',
    () => {
      const client = postgres(server.url)
      return { client, close: () => client.end() }
    },
  ],
  [
    'pg, with serializable transactions',
    () => {
      const options = '-c default_transaction_isolation=serializable'
      const client = new Pool({ connectionString: server.url, options })
      return { client, close: () => client.end() }
    },
  ],
])('postgresStore with a client of %s', (_, connect) => {
  let connected: ReturnType<typeof connect>
  beforeAll(() => {
    connected = connect()
  })
  afterAll(() => connected.close())

  it.each(conformance.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    await run(postgresStore({ client: connected.client }))
  })

  it('returns any text, expiry and version', async () => {
    const store = postgresStore({ client: connected.client })
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\0\uffff01a]*$/))
    const property = fc.asyncProperty(text, fc.nat(2 ** 40), async (data, ahead) => {
      const entry = { data, expires: later() + ahead }
      const version = (await store.load('k'))?.version ?? 0
      expect(await store.commit('k', entry, version)).toEqual({ ok: true })
      expect(await store.load('k')).toEqual({ ...entry, version: version + 1 })
    })
    await fc.assert(property, { numRuns: 50 })
  })

  it('names the migration if the table does not exist', async () => {
    const store = postgresStore({ client: connected.client, table: 'shop' })
    const message =
      'the table shop does not exist or has other columns. Call migrate() of postgresStore, or run postgres.sql of @tsgi/session'
    await expect(store.load('k')).rejects.toThrow(message)
    await expect(store.commit('k', { data: '', expires: later() }, 0)).rejects.toThrow(message)
    await expect(store.destroyByUser('ada')).rejects.toThrow(message)
  })
})

describe('migrate', () => {
  it('creates the table once if several processes call it at the same time', async () => {
    await admin.query('CREATE SCHEMA app')
    const clients = [pgPool(), pgPool(), postgres(server.url)]
    const stores = clients.map((client) => postgresStore({ client, table: 'app.sessions' }))
    await Promise.all(stores.flatMap((store) => [store.migrate(), store.migrate()]))
    for (const { run } of conformance.slice(0, 2)) await run(stores[0]!)
    expect((await admin.query('SELECT version FROM app.sessions')).rows).toEqual([{ version: 1 }])
    expect((await admin.query('SELECT FROM sessions')).rows).toHaveLength(0)
    await (clients[2] as postgres.Sql).end()
  })
})

describe('postgresStore', () => {
  it('removes expired sessions in the background, and the others remain', async () => {
    await admin.query(
      "INSERT INTO sessions SELECT 'old' || n, '', 1, 1000, 'ada' FROM generate_series(1, 2500) n",
    )
    const store = postgresStore({ client: pgPool() })
    for (let n = 0; n < 3; n++) {
      await store.commit(`k${n}`, { data: '', expires: later() }, 0)
      const left = Math.max(0, 2500 - 1000 * (n + 1)) + n + 1
      await expect
        .poll(async () => Number((await admin.query('SELECT count(*) FROM sessions')).rows[0].count))
        .toBe(left)
    }
  })

  it('stores the changes of 200 concurrent requests of one visitor', async () => {
    const stage = new Stage({ secrets, store: postgresStore({ client: pgPool() }) })
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

  it.each([
    ['a statement is cancelled after statement_timeout', '-c statement_timeout=100', /statement timeout/],
    ['a row stays locked for lock_timeout', '-c lock_timeout=100', /lock timeout/],
  ])('rejects if %s, and commits later', async (_, options, message) => {
    const store = postgresStore({ client: pgPool({ options }) })
    await store.commit('k', { data: 'one', expires: later() }, 0)
    const release = await lockRow('k')
    await expect(store.commit('k', { data: 'two', expires: later() }, 1)).rejects.toThrow(message)
    expect((await store.load('k'))?.version).toBe(1)
    await release()
    expect(await store.commit('k', { data: 'two', expires: later() }, 1)).toEqual({ ok: true })
  })

  it('rejects if the connection is lost during a commit, and uses another one afterwards', async () => {
    const store = postgresStore({ client: pgPool({ application_name: 'cut' }) })
    await store.commit('k', { data: 'one', expires: later() }, 0)
    const release = await lockRow('k')
    const commit = expect(store.commit('k', { data: 'two', expires: later() }, 1)).rejects.toThrow(
      /terminating connection/,
    )
    const cut = `
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'cut' AND wait_event_type = 'Lock'`
    await expect.poll(async () => (await admin.query(cut)).rows.length).toBe(1)
    await commit
    await release()
    expect((await store.load('k'))?.data).toBe('one')
    expect(await store.commit('k', { data: 'three', expires: later() }, 1)).toEqual({ ok: true })
  })

  it('makes requests fail with 503 while no connection of the pool is free', async () => {
    const client = pgPool({ max: 1, connectionTimeoutMillis: 500 })
    const web = visitor(postgresStore({ client }), { '/read': read, '/write': write }, quiet)
    await web.get('/write')
    const connection = await client.connect()
    const response = await web.get('/read')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(String(web.errors[0])).toMatch(/the store failed to load: timeout exceeded/)
    connection.release()
    expect(await body(web.get('/read'))).toBe('1')
  })

  it('makes requests that store something fail with 503 while the database is read-only', async () => {
    const writable = visitor(postgresStore({ client: pgPool() }), { '/write': write }, quiet)
    const response = await writable.get('/write')
    const [cookie = ''] = response.headers.getSetCookie()[0]!.split(';')
    const client = pgPool({ options: '-c default_transaction_read_only=on' })
    const web = visitor(postgresStore({ client }), { '/read': read, '/write': write }, quiet)
    expect(await body(web.get('/read', { headers: { cookie } }))).toBe('1')
    expect((await web.get('/write')).status).toBe(503)
    expect(String(web.errors[0])).toMatch(/the store failed to commit: .*read-only transaction/)
  })

  it('keeps its sessions when PostgreSQL restarts, and requests get 503 in the meantime', async () => {
    const client = postgres(server.url, { connect_timeout: 1, backoff: () => 0.02 })
    onTestFinished(() => client.end())
    const stores = [postgresStore({ client: pgPool() }), postgresStore({ client })]
    const visitors = stores.map((store) => visitor(store, { '/read': read, '/write': write }, quiet))
    for (const web of visitors) await web.get('/write')
    await server.stop()
    for (const web of visitors) expect((await web.get('/read')).status).toBe(503)
    await server.start()
    for (const web of visitors) await expect.poll(() => body(web.get('/read'))).toBe('1')
  }, 60_000)
})
