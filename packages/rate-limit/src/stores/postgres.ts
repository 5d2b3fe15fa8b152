/**
 * Counts in PostgreSQL, for all processes and machines together.
 */
import { checkOptions, describe } from '@tsgi/core/options'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { flexibleStore } from './flexible-store.ts'
import type { RateLimitPolicy, RateLimitStoreFactory } from './store.ts'

/** A pool or client of `pg`. */
export interface PostgresClient {
  query(query: { readonly text: string; readonly values?: unknown[] }): Promise<{ readonly rows: unknown[] }>
}

/** The options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /** A pool, or a connected client. */
  readonly client: PostgresClient
  /** The table, which is created if it does not exist. Default: `rate_limits`. */
  readonly table?: string
}

/**
 * Counts in PostgreSQL, with one statement per request. Rows of windows that ended an hour ago are deleted every five
 * minutes.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts no-run
 * import { rateLimit } from '@tsgi/rate-limit'
 * import { postgresStore } from '@tsgi/rate-limit/postgres'
 * import { Pool } from 'pg'
 *
 * const client = new Pool({ connectionString: 'postgres://app@10.0.0.5/app' })
 * const limit = rateLimit({ points: 5, window: '15m', name: 'sign-in', store: postgresStore({ client }) })
 * ```
 */
export function postgresStore(options: PostgresStoreOptions): RateLimitStoreFactory {
  checkOptions('postgresStore', options, ['client', 'table'])
  const { client, table = 'rate_limits' } = options
  if (typeof (Object(client) as { query?: unknown }).query !== 'function') {
    throw new TypeError(`postgresStore: client must be a pool or client of pg, got ${describe(client)}`)
  }
  if (typeof table !== 'string' || !/^[A-Za-z_]\w{0,62}$/.test(table)) {
    throw new TypeError(
      `postgresStore: table must be a name of letters, digits and underscores, got ${describe(table)}`,
    )
  }
  return (policy) => {
    let limiter: Promise<RateLimiterPostgres> | undefined
    return flexibleStore(() => {
      // The table could not be created while the database was down: try again with the next request.
      limiter ??= createLimiter(client, table, policy).catch((error: unknown) => {
        limiter = undefined
        throw error
      })
      return limiter
    })
  }
}

function createLimiter(
  client: PostgresClient,
  table: string,
  { name, points, window }: RateLimitPolicy,
): Promise<RateLimiterPostgres> {
  return new Promise((resolve, reject) => {
    const limiter: RateLimiterPostgres = new RateLimiterPostgres(
      {
        storeClient: client,
        storeType: 'client',
        tableName: table,
        keyPrefix: name,
        points,
        duration: window / 1000,
      },
      (error) => (error ? reject(error) : resolve(limiter)),
    )
  })
}
