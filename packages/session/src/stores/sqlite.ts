import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { checkOptions, describe } from '@tsgi/core/options'
import type { SessionCommit, SessionEntry, SessionStore, StoredSession, UserSession } from './store.ts'

/** The options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file. It is created if it does not exist, readable only by its owner. Its folder must exist. */
  readonly path: string
}

/** The store that {@link sqliteStore} creates. All its methods are synchronous. */
export interface SqliteStore extends SessionStore, Disposable {
  readonly synchronous: true
  load(key: string): StoredSession | undefined
  commit(key: string, entry: SessionEntry, version: number): SessionCommit
  destroy(key: string, version: number): SessionCommit
  listByUser(user: string): readonly UserSession[]
  destroyByUser(user: string, exceptKey?: string): number
  /** Closes the database. */
  close(): void
}

/** How long a process waits for another process that is writing, in milliseconds. */
const BUSY_TIMEOUT = 5000

const SQLITE_BUSY = 5

/** The time between two removals of expired sessions, in milliseconds, and the maximum number removed at a time. */
const PURGE_INTERVAL = 60_000
const PURGE_ROWS = 1000

/**
 * Stores sessions in an SQLite file with `node:sqlite`. They survive a restart, and all processes on one machine can
 * share the file. Every change is a single statement, so it is atomic.
 *
 * A crash of the process loses nothing. A power failure can lose the most recent changes, but does not corrupt the file
 * (WAL with `synchronous = NORMAL`). A process waits up to 5 seconds for another process that is writing.
 *
 * @throws TypeError if an option is unknown or `path` is not text.
 * @throws Error from SQLite if the file cannot be opened.
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { sqliteStore } from '@tsgi/session/sqlite'
 *
 * const path = join(mkdtempSync(join(tmpdir(), 'sessions-')), 'sessions.db')
 * const expires = Date.now() + 60_000
 *
 * const before = sqliteStore({ path })
 * before.commit('k', { data: 'kept', expires }, 0) // => { ok: true }
 * before.close()
 *
 * using after = sqliteStore({ path })
 * after.load('k') // => { data: 'kept', expires, version: 1 }
 * ```
 */
export function sqliteStore(options: SqliteStoreOptions): SqliteStore {
  checkOptions('sqliteStore', options, ['path'])
  const { path } = options
  if (typeof path !== 'string' || path === '') {
    throw new TypeError(`sqliteStore: path must be the path of a file, got ${describe(path)}`)
  }
  // Otherwise SQLite might create a file that others can read, depending on the umask. Its log files get the same mode.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT })
  retryWhileBusy(() => database.exec('PRAGMA journal_mode = WAL'))
  database.exec(`
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS sessions (
      key TEXT PRIMARY KEY,
      data TEXT NOT NULL,
      version INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      user TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS sessions_expires ON sessions (expires);
    CREATE INDEX IF NOT EXISTS sessions_user ON sessions (user) WHERE user IS NOT NULL;
  `)
  // Up to Node 24.15, text that is read as text ends at the first NUL.
  const select = database.prepare(
    'SELECT CAST(data AS BLOB) AS data, expires, version FROM sessions WHERE key = :key AND expires > :now',
  )
  const insert = database.prepare(`
    INSERT INTO sessions (key, data, version, expires, user) VALUES (:key, :data, 1, :expires, :user)
    ON CONFLICT (key) DO UPDATE SET data = :data, version = 1, expires = :expires, user = :user
    WHERE sessions.expires <= :now
  `)
  const update = database.prepare(`
    UPDATE sessions SET data = :data, version = version + 1, expires = :expires, user = :user
    WHERE key = :key AND version = :version AND expires > :now
  `)
  const remove = database.prepare(
    'DELETE FROM sessions WHERE key = :key AND version = :version AND expires > :now',
  )
  const selectByUser = database.prepare(
    'SELECT key, CAST(data AS BLOB) AS data, expires, version FROM sessions WHERE user = :user AND expires > :now',
  )
  const removeByUser = database.prepare(
    'DELETE FROM sessions WHERE user = :user AND expires > :now AND key IS NOT :exceptKey',
  )
  const purge = database.prepare(`
    DELETE FROM sessions WHERE key IN (SELECT key FROM sessions WHERE expires <= :now LIMIT ${PURGE_ROWS})
  `)
  let nextPurge = 0

  function load(key: string): StoredSession | undefined {
    const row = select.get({ key, now: Date.now() })
    return row === undefined ? undefined : readRow<StoredSession>(row)
  }

  function resultOf(key: string, { changes }: { readonly changes: number | bigint }): SessionCommit {
    return changes === 1 ? { ok: true } : { ok: false, current: load(key) }
  }

  return {
    synchronous: true,
    load,
    commit(key, { data, expires, user = null }, version) {
      const now = Date.now()
      // If there are more expired sessions, the next commit continues.
      if (now >= nextPurge && purge.run({ now }).changes < PURGE_ROWS) nextPurge = now + PURGE_INTERVAL
      const entry = { key, data, expires, user, now }
      return resultOf(key, version === 0 ? insert.run(entry) : update.run({ ...entry, version }))
    },
    destroy(key, version) {
      return resultOf(key, remove.run({ key, version, now: Date.now() }))
    },
    listByUser: (user) => selectByUser.all({ user, now: Date.now() }).map(readRow<UserSession>),
    destroyByUser: (user, exceptKey) =>
      Number(removeByUser.run({ user, exceptKey: exceptKey ?? null, now: Date.now() }).changes),
    close() {
      database.close()
    },
    [Symbol.dispose]() {
      database.close()
    },
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Returns a row as a plain object, with `data` as text. */
function readRow<Row extends StoredSession>(row: Record<string, unknown>): Row {
  return { ...row, data: decoder.decode(row.data as Uint8Array) } as unknown as Row
}

/**
 * SQLite waits for other processes, except while the journal mode of a file changes. Workers that start at the same time
 * with a new file would find it locked.
 */
function retryWhileBusy(work: () => void): void {
  const deadline = Date.now() + BUSY_TIMEOUT
  for (;;) {
    try {
      work()
      return
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || Date.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}
