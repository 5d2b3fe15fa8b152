import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Entry, Outcome, Store, Stored } from './store.ts'

/** The options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file, made where there is none, readable by its owner alone. Its folder must exist. */
  readonly path: string
}

/** A store that {@link sqliteStore} made: it answers at once, and is to be closed. */
export interface SqliteStore extends Store, Disposable {
  readonly synchronous: true
  load(key: string): Stored | undefined
  commit(key: string, entry: Entry, version: number): Outcome
  destroy(key: string, version: number): Outcome
  /** Closes the database. */
  close(): void
}

/** How long a process waits for another that is writing, in milliseconds. */
const BUSY_TIMEOUT = 5000

const SQLITE_BUSY = 5

/** How often what has ended is removed, at most, in milliseconds; and how many rows at a time. */
const PURGE_INTERVAL = 60_000
const PURGE_ROWS = 1000

/**
 * Keeps sessions in an SQLite file, through `node:sqlite`: they survive a restart, and any number of processes on one
 * machine may share the file. Every change is one statement, so it is made whole or not at all.
 *
 * A crash of the process loses nothing; a loss of power may lose the last moments (WAL with `synchronous = NORMAL`),
 * never the file. A process waits up to 5 seconds for another that writes.
 *
 * @throws TypeError where `path` is not text. Whatever SQLite throws where the file cannot be opened.
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
  const { path } = options
  if (typeof path !== 'string' || path === '') {
    throw new TypeError(`sqliteStore: path must be the path of a file, got ${JSON.stringify(path)}`)
  }
  // SQLite would make the file by the umask, readable to others; its companions take this file's mode.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT })
  patiently(() => database.exec('PRAGMA journal_mode = WAL'))
  database.exec(`
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS sessions (
      key TEXT PRIMARY KEY,
      data TEXT NOT NULL,
      version INTEGER NOT NULL,
      expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS sessions_expires ON sessions (expires);
  `)
  const select = database.prepare(
    'SELECT data, expires, version FROM sessions WHERE key = :key AND expires > :now',
  )
  const insert = database.prepare(`
    INSERT INTO sessions (key, data, version, expires) VALUES (:key, :data, 1, :expires)
    ON CONFLICT (key) DO UPDATE SET data = :data, version = 1, expires = :expires
    WHERE sessions.expires <= :now
  `)
  const update = database.prepare(`
    UPDATE sessions SET data = :data, version = version + 1, expires = :expires
    WHERE key = :key AND version = :version AND expires > :now
  `)
  const remove = database.prepare(
    'DELETE FROM sessions WHERE key = :key AND version = :version AND expires > :now',
  )
  const purge = database.prepare(`
    DELETE FROM sessions WHERE key IN (SELECT key FROM sessions WHERE expires <= :now LIMIT ${PURGE_ROWS})
  `)
  let purged = 0

  function load(key: string): Stored | undefined {
    const row = select.get({ key, now: Date.now() })
    // A row has no prototype; what a store returns is a plain object.
    return row === undefined ? undefined : ({ ...row } as unknown as Stored)
  }

  function outcome(key: string, { changes }: { readonly changes: number | bigint }): Outcome {
    return changes === 1 ? { ok: true } : { ok: false, current: load(key) }
  }

  return {
    synchronous: true,
    load,
    commit(key, { data, expires }, version) {
      const now = Date.now()
      if (now - purged > PURGE_INTERVAL) {
        purged = now
        purge.run({ now })
      }
      const entry = { key, data, expires, now }
      return outcome(key, version === 0 ? insert.run(entry) : update.run({ ...entry, version }))
    },
    destroy(key, version) {
      return outcome(key, remove.run({ key, version, now: Date.now() }))
    },
    close() {
      database.close()
    },
    [Symbol.dispose]() {
      database.close()
    },
  }
}

/**
 * SQLite waits for others by itself, except where a file becomes one with a log: workers that start together on a new
 * file would find it locked.
 */
function patiently(work: () => void): void {
  const giveUp = Date.now() + BUSY_TIMEOUT
  for (;;) {
    try {
      work()
      return
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY || Date.now() > giveUp) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}
