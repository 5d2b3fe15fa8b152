import { GlideClusterClient, Logger } from '@valkey/valkey-glide'
import { Cluster } from 'ioredis'
import { Cluster as IovalkeyCluster } from 'iovalkey'
import { createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireProgram } from '../../../../../scripts/programs.ts'
import { RedisCluster } from '../../../test/redis-cluster.ts'
import { Stage } from '../../../test/stage.ts'
import { secrets } from '../../../test/visitor.ts'
import { conformance } from '../../conformance/conformance.ts'
import { type RedisClient, redisStore } from './redis.ts'

const program = requireProgram('redis-server')

interface Connection {
  readonly client: RedisClient
  close(): unknown
}

/** Connects a client of every supported package that is given one node of the cluster. */
const packages: readonly (readonly [name: string, connect: (port: number) => Promise<Connection>])[] = [
  [
    'redis',
    async (port) => {
      const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] })
      await client.connect()
      return { client, close: () => client.destroy() }
    },
  ],
  [
    'ioredis',
    async (port) => {
      const client = new Cluster([{ host: '127.0.0.1', port }])
      return { client, close: () => client.disconnect() }
    },
  ],
  [
    'iovalkey',
    async (port) => {
      const client = new IovalkeyCluster([{ host: '127.0.0.1', port }])
      return { client, close: () => client.disconnect() }
    },
  ],
  [
    '@valkey/valkey-glide',
    async (port) => {
      Logger.init('off')
      const client = await GlideClusterClient.createClient({ addresses: [{ host: '127.0.0.1', port }] })
      return { client, close: () => client.close() }
    },
  ],
]

describe.runIf(program)('redisStore on a cluster of three nodes', () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await RedisCluster.start(program!)
  }, 30_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  describe.each(packages)('with a cluster client of %s', (name, connect) => {
    let connection: Connection
    beforeAll(async () => {
      connection = await connect(cluster.ports[0]!)
    })
    afterAll(() => connection.close())

    it.each(conformance.map(({ name, run }, index) => [name, index, run] as const))(
      '%s',
      async (_, index, run) => {
        await run(redisStore({ client: connection.client, prefix: `${name}:${index}:` }))
      },
    )

    it('spreads the sessions of a user over the nodes, and destroys them all', async () => {
      const store = redisStore({ client: connection.client, prefix: `${name}:spread:` })
      const before = await cluster.sizes()
      const keys = Array.from({ length: 60 }, (_, n) => `k${n}`)
      const entry = { data: '', expires: Date.now() + 60_000, user: 'ada' }
      await Promise.all(keys.map((key) => store.commit(key, entry, 0)))
      const added = (await cluster.sizes()).map((size, index) => size - before[index]!)
      for (const count of added) expect(count).toBeGreaterThan(5)
      expect(await store.listByUser('ada')).toHaveLength(60)
      expect(await store.destroyByUser('ada', 'k7')).toBe(59)
      expect((await store.listByUser('ada')).map(({ key }) => key)).toEqual(['k7'])
    })

    it('stores the changes of 100 concurrent requests of one visitor', async () => {
      const stage = new Stage({ secrets, store: redisStore({ client: connection.client }) })
      const { id } = await stage.once(undefined, (session) => session.set('a', 1))
      await stage.together(100, id, (session) => session.update('n', (n = 0) => (n as number) + 1))
      expect((await stage.once(id, (session) => session.get('n'))).result).toBe(100)
    })
  })
})
