/** The application with TSGI. `DATABASE` is `redis` or `postgres`, `ADDRESS` its URL. */
import { cookies } from '@tsgi/cookies'
import { json, stack, text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { type SessionStore, session } from '@tsgi/session'
import { postgresStore } from '@tsgi/session/postgres'
import { redisStore } from '@tsgi/session/redis'
import { Pool } from 'pg'
import { createClient } from 'redis'

const { PORT, DATABASE, ADDRESS } = process.env

async function connect(): Promise<SessionStore> {
  if (DATABASE === 'redis') {
    return redisStore({ client: await createClient({ url: ADDRESS! }).connect() })
  }
  const store = postgresStore({ client: new Pool({ connectionString: ADDRESS! }) })
  await store.migrate()
  return store
}

const increment = (count: unknown) => ((count as number | undefined) ?? 0) + 1
const web = stack(
  cookies(),
  session({ secrets: 'a secret for the benchmark, 32 characters', store: await connect() }),
)
const app = web(({ session, pathInfo }) => {
  const [, action, key] = pathInfo.split('/')
  switch (action) {
    case 'sign-in':
      session.regenerateId()
      session.set('user', 'ada')
      return text('')
    case 'count':
      session.update('count', increment)
      session.update(key!, increment)
      return text('')
    case 'sign-out':
      session.destroy()
      return text('')
    default:
      return json({ user: session.get('user'), count: session.get('count'), key: session.get(key!) })
  }
})

await serve(app, { listen: `http://127.0.0.1:${PORT}` })
