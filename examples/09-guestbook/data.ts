/**
 * What outlives the process, in one folder: the entries and accounts, the sessions, and the secret.
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

/** Made once: sessions hold across a restart only while it stays the same. */
function readSecret(file: string): string {
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8')
}
