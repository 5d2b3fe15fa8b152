/**
 * The entries of the guestbook.
 */
import type { DatabaseSync } from 'node:sqlite'

export interface Entry {
  readonly author: string
  readonly message: string
  /** The time it was written, in ISO 8601. */
  readonly written: string
}

export interface Entries {
  add(author: string, message: string): void
  /** Returns up to `count` entries, newest first. */
  latest(count: number): Entry[]
}

export function openEntries(database: DatabaseSync): Entries {
  database.exec('CREATE TABLE IF NOT EXISTS entries (author TEXT, message TEXT, written TEXT) STRICT')
  const insert = database.prepare('INSERT INTO entries (author, message, written) VALUES (?, ?, ?)')
  const select = database.prepare('SELECT author, message, written FROM entries ORDER BY rowid DESC LIMIT ?')

  return {
    add(author, message) {
      insert.run(author, message, new Date().toISOString())
    },
    latest(count) {
      return select.all(count) as unknown as Entry[]
    },
  }
}
