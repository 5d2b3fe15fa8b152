/**
 * The folder with everything that outlives the process: the database, sessions, pictures and the secret.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const folder = process.env.POSTCARDS_DATA ?? join(import.meta.dirname, 'data')

export const picturesPath: string = join(folder, 'pictures')
mkdirSync(picturesPath, { recursive: true })

export const sessionsPath: string = join(folder, 'sessions.sqlite')
export const secret: string = readSecret(join(folder, 'secret'))

export const database: DatabaseSync = new DatabaseSync(join(folder, 'postcards.sqlite'), { timeout: 5000 })
database.exec('PRAGMA journal_mode = WAL')

/** Creates the secret on the first start. Sessions survive a restart only if it stays the same. */
function readSecret(file: string): string {
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8')
}
