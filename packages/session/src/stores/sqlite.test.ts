import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { databasePath } from '../../test/stores.ts'
import { sqliteStore } from './sqlite.ts'

const later = () => Date.now() + 60_000

describe('sqliteStore', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('returns sessions that were stored before it was closed and opened again', () => {
    const path = databasePath()
    const expires = later()
    const before = sqliteStore({ path })
    before.commit('k', { data: 'one', expires }, 0)
    before.commit('k', { data: 'two', expires }, 1)
    before.close()
    using after = sqliteStore({ path })
    expect(after.load('k')).toEqual({ data: 'two', expires, version: 2 })
  })

  it('rejects a commit against a version that another connection has replaced', () => {
    const path = databasePath()
    using one = sqliteStore({ path })
    using two = sqliteStore({ path })
    const expires = later()
    one.commit('k', { data: 'one', expires }, 0)
    expect(two.commit('k', { data: 'two', expires }, 1)).toEqual({ ok: true })
    expect(one.commit('k', { data: 'late', expires }, 1)).toEqual({
      ok: false,
      current: { data: 'two', expires, version: 2 },
    })
    expect(one.destroy('k', 1).ok).toBe(false)
    expect(two.destroy('k', 2).ok).toBe(true)
    expect(one.load('k')).toBeUndefined()
  })

  it('creates files that other users cannot read', () => {
    const path = databasePath()
    using store = sqliteStore({ path })
    store.commit('k', { data: 'one', expires: later() }, 0)
    const files = readdirSync(dirname(path))
    expect(files.sort()).toEqual(['sessions.db', 'sessions.db-shm', 'sessions.db-wal'])
    for (const file of files) expect(statSync(join(dirname(path), file)).mode & 0o077).toBe(0)
  })

  it('removes expired sessions at most once a minute', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const path = databasePath()
    using store = sqliteStore({ path })
    using raw = new DatabaseSync(path)
    const count = () => raw.prepare('SELECT count(*) AS n FROM sessions').get()?.n
    for (let n = 0; n < 5; n++) store.commit(`old${n}`, { data: '', expires: Date.now() + 1 }, 0)
    vi.setSystemTime(Date.now() + 59_000)
    store.commit('a', { data: '', expires: later() }, 0)
    expect(count()).toBe(6)
    vi.setSystemTime(Date.now() + 2000)
    store.commit('b', { data: '', expires: later() }, 0)
    expect(count()).toBe(2)
  })

  it('removes more than 1,000 expired sessions with several commits', () => {
    const path = databasePath()
    using store = sqliteStore({ path })
    using raw = new DatabaseSync(path)
    const add =
      "INSERT INTO sessions WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT 'old' || i, '', 1, 1000, NULL FROM n"
    raw.exec(add)
    const left = () => raw.prepare("SELECT count(*) AS n FROM sessions WHERE key LIKE 'old%'").get()?.n
    const counts = ['a', 'b', 'c'].map((key) => {
      store.commit(key, { data: '', expires: later() }, 0)
      return left()
    })
    expect(counts).toEqual([1500, 500, 0])
  })

  it('reports why a file cannot be opened', () => {
    const path = databasePath()
    writeFileSync(path, 'not a database, and long enough for SQLite to notice that')
    expect(() => sqliteStore({ path })).toThrow(/not a database/)
    expect(() => sqliteStore({ path: join(path, 'below') })).toThrow(/ENOTDIR/)
  })

  it('names an unknown or invalid option', () => {
    expect(() => sqliteStore({ path: '' })).toThrow(
      new TypeError('sqliteStore: path must be the path of a file, got ""'),
    )
    expect(() => sqliteStore({} as { path: string })).toThrow(
      'path must be the path of a file, got undefined',
    )
    expect(() => sqliteStore({ path: 'x', file: 'y' } as { path: string })).toThrow("unknown option 'file'")
  })
})
