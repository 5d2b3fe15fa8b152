import { describe } from '@tsgi/core/options'

/** The method that `postgresStore` needs from `pg`: a pool or a connected client. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<unknown>
}

/** The method that `postgresStore` needs from `postgres`. */
export interface PostgresJsClient {
  unsafe(text: string, values?: unknown[]): PromiseLike<unknown>
}

/**
 * A pool of `pg`, or the `sql` function of `postgres`, recognized by its methods.
 *
 * @example
 * ```ts no-run
 * import { type PostgresClient, postgresStore } from '@tsgi/session/postgres'
 * import postgres from 'postgres'
 *
 * const client: PostgresClient = postgres('postgres://app@10.0.0.5/app')
 * const store = postgresStore({ client })
 * ```
 */
export type PostgresClient = PgClient | PostgresJsClient

/** Executes a statement and returns its rows. Without values, the text can contain several statements. */
export type PostgresQuery = (text: string, values?: unknown[]) => Promise<readonly unknown[]>

/** @throws TypeError if the client lacks a method. */
export function queryOf(client: PostgresClient): PostgresQuery {
  const methods = Object(client) as { readonly query?: unknown; readonly unsafe?: unknown }
  if (typeof methods.unsafe === 'function') {
    const sql = client as PostgresJsClient
    return async (text, values) => (await sql.unsafe(text, values)) as readonly unknown[]
  }
  if (typeof methods.query === 'function') {
    const pool = client as PgClient
    return async (text, values) =>
      ((await pool.query(text, values)) as { readonly rows: readonly unknown[] }).rows
  }
  throw new TypeError(
    `postgresStore: client must be a pool of pg or the sql function of postgres, got ${describe(client)}`,
  )
}
