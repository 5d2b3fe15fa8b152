/**
 * The folder with everything that outlives the process: entries and accounts, sessions, and the secret.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const folder = process.env.GUESTBOOK_DATA ?? join(import.meta.dirname, 'data')
mkdirSync(folder, { recursive: true })

export const database: DatabaseSync = new DatabaseSync(join(folder, 'guestbook.sqlite'))
export const sessionsPath: string = join(folder, 'sessions.sqlite')
export const secret: string = readSecret(join(folder, 'secret'))

/** Creates the secret on the first start. Sessions survive a restart only if it stays the same. */
function readSecret(file: string): string {
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8')
}
