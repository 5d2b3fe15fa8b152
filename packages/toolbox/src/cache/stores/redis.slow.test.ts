import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireProgram } from '../../../../../scripts/programs.ts'
import { RedisServer } from '../../../../../scripts/redis-server.ts'
import { type CacheRedisClient, redisCache, responseCache } from '../../index.ts'

const program = requireProgram('redis-server')
let redis: RedisServer

beforeAll(async () => {
  redis = new RedisServer(program ?? '')
  if (program) await redis.start()
})
afterAll(async () => await redis[Symbol.asyncDispose]())

interface Connected {
  readonly client: CacheRedisClient
  close(): unknown
}

const url = () => `redis://127.0.0.1:${redis.port}`
const clients: [string, () => Promise<Connected>][] = [
  [
    'redis',
    async () => {
      const client = createClient({ url: url(), socket: { reconnectStrategy: 20 } }).on('error', () => {})
      await client.connect()
      return { client, close: () => client.destroy() }
    },
  ],
  [
    'ioredis',
    async () => {
      const client = new Redis(url(), { retryStrategy: () => 20 }).on('error', () => {})
      return { client, close: () => client.disconnect() }
    },
  ],
]

describe.runIf(program).each(clients)('redisCache with a client of %s', (name, connect) => {
  /** A site of its own process, so to speak. */
  function site({ client: redis }: Connected) {
    const seen = { calls: 0 }
    const cache = responseCache({ store: redisCache({ client: redis, prefix: `${name}:` }) })
    const app = cache(({ headers, method }) => {
      if (method === 'POST') return text('')
      const language = headers.get('accept-language') ?? ''
      return text(`${language} ${++seen.calls} ü`, {
        headers: { 'cache-control': 'max-age=60', vary: 'Accept-Language' },
      })
    })
    return Object.assign(seen, { cache, web: client(app, { errors: { write() {} } }) })
  }
  const isHit = async (response: Response) => response.headers.get('cache-status')?.includes('hit')

  it('shares responses, variants and invalidation between processes', async () => {
    const connected = await connect()
    const [one, two] = [site(connected), site(connected)]
    const german = { headers: { 'accept-language': 'de' } }
    await one.web.get('/', german)
    await expect.poll(async () => isHit(await two.web.get('/', german))).toBe(true)
    const response = await two.web.get('/', german)
    expect(await response.text()).toMatch(/^de \d ü$/)
    expect(await isHit(await two.web.get('/', { headers: { 'accept-language': 'en' } }))).toBe(false)
    await one.web.post('/')
    expect(await isHit(await two.web.get('/', german))).toBe(false)
    await expect.poll(async () => isHit(await one.web.get('/', german))).toBe(true)
    await two.cache.purge('http://localhost/')
    expect(await isHit(await one.web.get('/', german))).toBe(false)
    await connected.close()
  })

  it('lets the application respond while Redis is down, with one report, and caches again when it is back', async () => {
    const connected = await connect()
    const { web } = site(connected)
    await web.get('/outage')
    await redis.kill()
    const begin = performance.now()
    for (let n = 0; n < 20; n++) expect((await web.get('/outage')).status).toBe(200)
    // Two calls of the store may take 100 ms each, and a second passes before the next ones. Otherwise, this takes 4 s.
    expect(performance.now() - begin).toBeLessThan(3500)
    expect(web.errors).toHaveLength(1)
    await redis.start()
    await expect.poll(async () => isHit(await web.get('/outage'))).toBe(true)
    await connected.close()
  })
})
