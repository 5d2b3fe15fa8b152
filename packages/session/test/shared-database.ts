import { Pool } from 'pg'
import { createClient } from 'redis'
import { postgresStore } from '../src/stores/postgres/postgres.ts'
import { redisStore } from '../src/stores/redis/redis.ts'
import { sqliteStore } from '../src/stores/sqlite.ts'
import type { SessionStore } from '../src/stores/store.ts'

/** The kinds of databases that processes can share. */
export type SharedDatabase = 'SQLite' | 'Redis' | 'PostgreSQL'

/** A store, connected to a database that other processes use, too. */
export interface ConnectedStore extends AsyncDisposable {
  readonly store: SessionStore
}

/** @param address A path or a URL. */
export async function connectStore(database: SharedDatabase, address: string): Promise<ConnectedStore> {
  switch (database) {
    case 'SQLite': {
      const store = sqliteStore({ path: address })
      return { store, [Symbol.asyncDispose]: async () => store.close() }
    }
    case 'Redis': {
      const client = createClient({
        url: address,
        socket: { reconnectStrategy: 20 },
        disableOfflineQueue: true,
      }).on('error', () => {})
      await client.connect()
      return { store: redisStore({ client }), [Symbol.asyncDispose]: async () => client.destroy() }
    }
    case 'PostgreSQL': {
      const client = new Pool({ connectionString: address, connectionTimeoutMillis: 2000 }).on(
        'error',
        () => {},
      )
      const store = postgresStore({ client })
      await store.migrate()
      return { store, [Symbol.asyncDispose]: () => client.end() }
    }
  }
}
