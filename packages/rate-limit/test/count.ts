/** Makes requests through a limit and prints how many passed: `node count.ts DATABASE_URL REQUESTS POINTS`. */
import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { rateLimit } from '../src/index.ts'
import { postgresStore } from '../src/stores/postgres.ts'
import { redisStore } from '../src/stores/redis.ts'

const [, , url = '', requests, points] = process.argv
const { store, close } = await connect()
const limit = rateLimit({
  name: `exact-${new URL(url).protocol.slice(0, -1)}`,
  points: Number(points),
  window: '10m',
  key: () => 'client',
  store,
  storeTimeout: '1m',
})
const browser = client(limit(() => text('')))
const responses = await Promise.all(Array.from({ length: Number(requests) }, () => browser.get('/')))
process.stdout.write(String(responses.filter(({ status }) => status === 200).length))
await close()

async function connect() {
  if (url.startsWith('postgres:')) {
    const client = new Pool({ connectionString: url, max: 4 })
    return { store: postgresStore({ client }), close: () => client.end() }
  }
  if (url.startsWith('io')) {
    const client = new Redis(url.slice(2))
    return { store: redisStore({ client }), close: async () => client.disconnect() }
  }
  const client = createClient({ url })
  await client.connect()
  return { store: redisStore({ client }), close: async () => client.destroy() }
}
