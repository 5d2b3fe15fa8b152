/** A separate process: `node redis-writer.ts <socket> <session id> <name>` handles 100 concurrent requests. */
import { createClient } from 'redis'
import { redisStore } from '../src/stores/redis.ts'
import { Stage } from './stage.ts'

const [path, id, name] = process.argv.slice(2) as [string, string, string]
const client = createClient({ socket: { path, tls: false } })
await client.connect()
const stage = new Stage({ secrets: 'a secret for tests of 32 characters', store: redisStore({ client }) })
await stage.together(100, id, (session, n) => {
  session.set(`${name}${n}`, n)
  session.update('count', (count = 0) => (count as number) + 1)
})
await client.close()
