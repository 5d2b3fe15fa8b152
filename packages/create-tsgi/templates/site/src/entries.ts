/** The entries of the guestbook, in an SQLite file. */
import { mkdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export interface Entry {
  readonly name: string
  readonly message: string
}

// systemd and the Dockerfile set STATE_DIRECTORY. Node's test runner sets NODE_TEST_CONTEXT: tests leave no file behind.
const { NODE_TEST_CONTEXT, STATE_DIRECTORY = 'data' } = process.env
if (NODE_TEST_CONTEXT === undefined) mkdirSync(STATE_DIRECTORY, { recursive: true })
const path = NODE_TEST_CONTEXT === undefined ? `${STATE_DIRECTORY}/guestbook.sqlite` : ':memory:'

// Several processes use the file: each waits up to five seconds for the others.
const database = new DatabaseSync(path, { timeout: 5000 })
database.exec('CREATE TABLE IF NOT EXISTS entries (name TEXT, message TEXT) STRICT')
const insert = database.prepare('INSERT INTO entries (name, message) VALUES (?, ?)')
const select = database.prepare('SELECT name, message FROM entries ORDER BY rowid DESC LIMIT 50')

export function addEntry({ name, message }: Entry): void {
  insert.run(name, message)
}

/** Returns the latest 50 entries, newest first. */
export function latestEntries(): Entry[] {
  return select.all() as unknown as Entry[]
}
