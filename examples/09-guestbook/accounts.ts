/**
 * The accounts of the guestbook: names, and passwords hashed with scrypt.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'

const hash = promisify<string, Buffer, number, Buffer>(scrypt)

export interface Accounts {
  /** Reports whether the password is right. A new name creates an account with that password. */
  signIn(name: string, password: string): Promise<boolean>
}

export function openAccounts(database: DatabaseSync): Accounts {
  database.exec(
    'CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY COLLATE NOCASE, salt BLOB, hash BLOB) STRICT',
  )
  const find = database.prepare('SELECT salt, hash FROM accounts WHERE name = ?')
  const insert = database.prepare(
    'INSERT INTO accounts (name, salt, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )

  return {
    async signIn(name, password) {
      const account = find.get(name) as { salt: Uint8Array; hash: Uint8Array } | undefined
      if (account) {
        return timingSafeEqual(await hash(password, Buffer.from(account.salt), 32), account.hash)
      }
      const salt = randomBytes(16)
      return insert.run(name, salt, await hash(password, salt, 32)).changes === 1
    },
  }
}
