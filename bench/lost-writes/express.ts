/** The same application with Express and express-session. `DATABASE` is `redis` or `postgres`, `ADDRESS` its URL. */
import { promisify } from 'node:util'
import connectPgSimple from 'connect-pg-simple'
import { RedisStore } from 'connect-redis'
import express from 'express'
import session, { type Store } from 'express-session'
import { Pool } from 'pg'
import { createClient } from 'redis'

const { PORT, DATABASE, ADDRESS } = process.env

async function connect(): Promise<Store> {
  if (DATABASE === 'redis') {
    return new RedisStore({ client: await createClient({ url: ADDRESS! }).connect() })
  }
  const PgStore = connectPgSimple(session)
  return new PgStore({ pool: new Pool({ connectionString: ADDRESS! }), createTableIfMissing: true })
}

const app = express()
app.use(
  session({
    secret: 'a secret for the benchmark, 32 characters',
    store: await connect(),
    resave: false,
    saveUninitialized: false,
  }),
)
const valuesOf = (request: express.Request) => request.session as unknown as Record<string, unknown>

app.get('/sign-in', async (request, response) => {
  await promisify((done: (error: unknown) => void) => request.session.regenerate(done))()
  valuesOf(request).user = 'ada'
  response.send('')
})
app.get('/count/:key', (request, response) => {
  const values = valuesOf(request)
  for (const key of ['count', request.params.key])
    values[key] = ((values[key] as number | undefined) ?? 0) + 1
  response.send('')
})
app.get('/sign-out', async (request, response) => {
  await promisify((done: (error: unknown) => void) => request.session.destroy(done))()
  response.send('')
})
app.get('/read/:key', (request, response) => {
  const { user, count, [request.params.key]: key } = valuesOf(request)
  response.json({ user, count, key })
})

app.listen(Number(PORT), '127.0.0.1')
