import { type Application, lifecycle } from '@tsgi/core'
import { postgresStore } from '@tsgi/session/postgres'
import { Pool } from 'pg'
import { site } from './site.ts'

const client = new Pool({
  connectionString: process.env.DATABASE_URL!,
  connectionTimeoutMillis: 2000,
  statement_timeout: 4000,
})
client.on('error', (error) => console.error(String(error)))
const store = postgresStore({ client })

const resources = lifecycle({
  postgres: {
    start: () => store.migrate(),
    stop: () => client.end(),
    ready: () => client.query('SELECT 1'),
  },
})

export { resources as lifecycle }
export const application: Application = site(process.env.SECRETS!.split(' '), store)
