import { checkOptions, describe } from '@tsgi/core/options'
import type { SessionCommit, SessionEntry, SessionStore, StoredSession, UserSession } from '../store.ts'
import { type PostgresClient, queryOf } from './postgres-client.ts'
import { postgresStatements } from './postgres-statements.ts'

export type { PostgresClient } from './postgres-client.ts'

/** The options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /** A pool of `pg`, or the `sql` function of `postgres`. The store does not close it. */
  readonly client: PostgresClient
  /** The table, with or without a schema: letters, digits and underscores. Default: `sessions`. */
  readonly table?: string
}

/** The store that {@link postgresStore} creates. */
export interface PostgresStore extends SessionStore {
  load(key: string): Promise<StoredSession | undefined>
  commit(key: string, entry: SessionEntry, version: number): Promise<SessionCommit>
  destroy(key: string, version: number): Promise<SessionCommit>
  listByUser(user: string): Promise<readonly UserSession[]>
  destroyByUser(user: string, exceptKey?: string): Promise<number>
  /** Creates the table and its indexes, unless they exist. Several processes can call it at the same time. */
  migrate(): Promise<void>
}

/** The time between two removals of expired sessions, in milliseconds, and the maximum number removed at a time. */
const PURGE_INTERVAL = 60_000
const PURGE_ROWS = 1000

/** Codes of PostgreSQL's errors: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNDEFINED_TABLE = '42P01'
const UNDEFINED_COLUMN = '42703'
const SERIALIZATION_FAILURE = '40001'

/** The maximum number of attempts to execute a statement that other transactions made fail. */
const MAX_ATTEMPTS = 50

/**
 * Stores sessions in a table of PostgreSQL. Any number of processes on any number of machines can share it. Every change
 * is a single statement, so it is atomic.
 *
 * Create the table with `migrate()`, or with `postgres.sql`, which is part of the package. Expired sessions are ignored,
 * and removed in batches of up to 1,000: once a minute, and more often if there are more of them.
 *
 * Methods reject with the client's error if the database cannot be reached or cancels a statement.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts no-run
 * import { postgresStore } from '@tsgi/session/postgres'
 * import { Pool } from 'pg'
 *
 * const client = new Pool({ connectionString: 'postgres://app@10.0.0.5/app', connectionTimeoutMillis: 2000 })
 * client.on('error', (error) => console.error(error))
 *
 * const store = postgresStore({ client })
 * await store.migrate()
 * ```
 *
 * @example
 * ```ts
 * import { postgresStore } from '@tsgi/session/postgres'
 *
 * // Any object with the method of a pool works, for example in a test.
 * const client = { query: async () => ({ rows: [{ data: 'data', expires: '1800000000000', version: 3 }] }) }
 * const store = postgresStore({ client, table: 'shop.sessions' })
 * await store.load('k') // => { data: 'data', expires: 1800000000000, version: 3 }
 * ```
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  checkOptions('postgresStore', options, ['client', 'table'])
  const { client, table = 'sessions' } = options
  const query = queryOf(client)
  if (typeof table !== 'string' || !/^([a-z_]\w{0,62}\.)?[a-z_]\w{0,53}$/i.test(table)) {
    throw new TypeError(
      `postgresStore: table must be a name of up to 54 letters, digits and underscores, with or without a schema, got ${describe(table)}`,
    )
  }
  const statements = postgresStatements(table)
  let isPurging = false
  let nextPurge = 0

  async function run(statement: string, values: unknown[], attempt = 1): Promise<readonly unknown[]> {
    try {
      return await query(statement, values)
    } catch (cause) {
      const code = codeOf(cause)
      // With the isolation levels "repeatable read" and "serializable", the loser of a race has to try again.
      if (code === SERIALIZATION_FAILURE && attempt < MAX_ATTEMPTS) return run(statement, values, attempt + 1)
      if (code !== UNDEFINED_TABLE && code !== UNDEFINED_COLUMN) throw cause
      throw new Error(
        `the table ${table} does not exist or has other columns. Call migrate() of postgresStore, or run postgres.sql of @tsgi/session`,
        { cause },
      )
    }
  }

  async function load(key: string): Promise<StoredSession | undefined> {
    const [row] = await run(statements.load, [key])
    return row === undefined ? undefined : sessionOf(row as Row)
  }

  async function change(statement: string, key: string, values: unknown[]): Promise<SessionCommit> {
    const changed = await run(statement, [key, ...values])
    return changed.length === 1 ? { ok: true } : { ok: false, current: await load(key) }
  }

  /** Requests do not wait for it. If it fails, the next one may succeed. */
  async function purge(): Promise<void> {
    if (isPurging || Date.now() < nextPurge) return
    isPurging = true
    const purged = await query(statements.purge, [PURGE_ROWS]).catch(() => [])
    nextPurge = purged.length < PURGE_ROWS ? Date.now() + PURGE_INTERVAL : 0
    isPurging = false
  }

  return {
    load,
    async commit(key, { data, expires, user }, version) {
      const values = [escapeNul(data), expires, user === undefined ? null : escapeNul(user)]
      const commit =
        version === 0
          ? change(statements.create, key, values)
          : change(statements.update, key, [...values, version])
      void purge()
      return commit
    },
    destroy: (key, version) => change(statements.destroy, key, [version]),
    async listByUser(user) {
      const rows = (await run(statements.listByUser, [escapeNul(user)])) as readonly (Row & {
        readonly key: string
      })[]
      return rows.map((row) => ({ ...sessionOf(row), key: row.key }))
    },
    async destroyByUser(user, exceptKey) {
      return (await run(statements.destroyByUser, [escapeNul(user), exceptKey ?? null])).length
    },
    async migrate() {
      await query(statements.migrate)
    },
  }
}

interface Row {
  readonly data: string
  /** Text by default, because a `bigint` may not fit into a number. */
  readonly expires: string | number | bigint
  readonly version: number
}

function sessionOf({ data, expires, version }: Row): StoredSession {
  return { data: unescapeNul(data), expires: Number(expires), version }
}

/** Text in PostgreSQL cannot contain NUL. U+FFFF is not a character, so it hardly occurs. */
function escapeNul(text: string): string {
  return /[\0\uffff]/.test(text) ? text.replaceAll('\uffff', '\uffff1').replaceAll('\0', '\uffff0') : text
}

function unescapeNul(data: string): string {
  return data.includes('\uffff') ? data.replaceAll('\uffff0', '\0').replaceAll('\uffff1', '\uffff') : data
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code
}
