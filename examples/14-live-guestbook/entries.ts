/**
 * The entries of the guestbook, in a database that all workers share.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Entry {
  /** Higher than that of every entry before it. */
  readonly id: number
  readonly author: string
  readonly message: string
}

const folder = process.env.GUESTBOOK_DATA ?? join(import.meta.dirname, 'data')
mkdirSync(folder, { recursive: true })
// Another worker may be writing: wait for it.
const database = new DatabaseSync(join(folder, 'entries.sqlite'), { timeout: 5_000 })
database.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY AUTOINCREMENT, author TEXT, message TEXT) STRICT`)

const insert = database.prepare('INSERT INTO entries (author, message) VALUES (?, ?)')
const newest = database.prepare('SELECT id, author, message FROM entries ORDER BY id DESC LIMIT ?')
const newer = database.prepare('SELECT id, author, message FROM entries WHERE id > ? ORDER BY id LIMIT 100')

export function add({ author, message }: Omit<Entry, 'id'>): void {
  insert.run(author, message)
}

/** Returns up to `count` entries, newest first. */
export function latest(count: number): Entry[] {
  return newest.all(count) as unknown as Entry[]
}

/** Returns the first 100 entries after the one with this id, oldest first. */
export function entriesAfter(id: number): Entry[] {
  return newer.all(id) as unknown as Entry[]
}
