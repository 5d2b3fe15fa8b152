/**
 * The accounts: names and password hashes.
 */
import { hashPassword, verifyPassword } from '@tsgi/auth/password'
import { database } from './data.ts'

export interface Account {
  readonly name: string
}

database.exec('CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY COLLATE NOCASE, hash TEXT) STRICT')
const select = database.prepare('SELECT name, hash FROM accounts WHERE name = ?')
const insert = database.prepare('INSERT INTO accounts (name, hash) VALUES (?, ?) ON CONFLICT DO NOTHING')
const update = database.prepare('UPDATE accounts SET hash = ? WHERE name = ?')

type Row = { name: string; hash: string } | undefined

export function findAccount(name: string): Account | undefined {
  const row = select.get(name) as Row
  return row && { name: row.name }
}

/** Returns `undefined` if the name is taken. */
export async function createAccount(name: string, password: string): Promise<Account | undefined> {
  return insert.run(name, await hashPassword(password)).changes === 1 ? { name } : undefined
}

/** Returns `undefined` if there is no such account or the password is wrong, which take the same time. */
export async function checkPassword(name: string, password: string): Promise<Account | undefined> {
  const row = select.get(name) as Row
  const { ok, rehash } = await verifyPassword(password, row?.hash)
  if (!ok || row === undefined) return undefined
  if (rehash) update.run(await hashPassword(password), row.name)
  return { name: row.name }
}
