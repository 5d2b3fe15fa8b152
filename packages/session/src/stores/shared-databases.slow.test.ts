import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { cookies } from '@tsgi/cookies'
import { stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { assert, asyncProperty, scheduler } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresServer } from '../../../../scripts/postgres-server.ts'
import { requireProgram } from '../../../../scripts/programs.ts'
import { RedisServer } from '../../../../scripts/redis-server.ts'
import { overlappingRequests, runOverlapping } from '../../test/overlapping.ts'
import { connectStore, type SharedDatabase } from '../../test/shared-database.ts'
import { Stage } from '../../test/stage.ts'
import { databasePath } from '../../test/stores.ts'
import { quiet, secrets } from '../../test/visitor.ts'
import { session } from '../session.ts'

const run = promisify(execFile)
const loading = fileURLToPath(new URL('../../test/load.ts', import.meta.url))
const program = requireProgram('redis-server')
const postgres = new PostgresServer()
const redis = new RedisServer(program ?? '', ['--appendonly', 'yes', '--appendfsync', 'always'])

beforeAll(async () => {
  await Promise.all([postgres.start(), program && redis.start()])
}, 60_000)
afterAll(async () => {
  await postgres[Symbol.asyncDispose]()
  await redis[Symbol.asyncDispose]()
})

const addresses: Record<SharedDatabase, () => string> = {
  SQLite: databasePath,
  Redis: () => `redis://127.0.0.1:${redis.port}`,
  PostgreSQL: () => postgres.url,
}
/** The number of requests to each database: more cost too much time with SQLite. */
const loads = (
  [
    ['SQLite', 1000],
    ['Redis', 2000],
    ['PostgreSQL', 2000],
  ] as const
).filter(([name]) => program || name !== 'Redis')

describe.each(loads)('two processes that share sessions in %s', (database, requests) => {
  it(`lose none of the changes of ${requests} requests, 50 at once`, { timeout: 120_000 }, async () => {
    const address = addresses[database]()
    await using connected = await connectStore(database, address)
    const stage = new Stage({ secrets, store: connected.store })
    const begun = Array.from({ length: 10 }, () =>
      stage.once(undefined, (session) => session.set('count', 0)),
    )
    const ids = (await Promise.all(begun)).map(({ id }) => id!)
    const processes = ['one', 'two'].map((name) =>
      run(process.execPath, [loading, database, address, ids.join(), name, `${requests / 2}`, '25']),
    )
    for (const { stderr } of await Promise.all(processes)) expect(stderr).toBe('')
    for (const [index, id] of ids.entries()) {
      const keys = ['one', 'two'].flatMap((name) => [0, 10, 20, 30, 40].map((n) => `${name}${n + index}`))
      const { result } = await stage.once(id, (session) => ['count', ...keys].map((key) => session.get(key)))
      expect(result).toEqual([requests / 10, ...keys.map(() => requests / 100)])
    }
  })
})

describe.each(loads.slice(1))('requests that overlap on two servers, with sessions in %s', (database) => {
  it('lose no write, bring no session back and find no session with an old id, whatever the order', {
    timeout: 60_000,
  }, async () => {
    await using connected = await connectStore(database, addresses[database]())
    const property = asyncProperty(scheduler(), overlappingRequests, (scheduler, commands) =>
      runOverlapping(connected.store, scheduler, commands),
    )
    await expect(assert(property, { numRuns: 50 })).resolves.toBeUndefined()
  })
})

/** Databases that can fail while the application runs, and start again with the same data. */
const servers = [
  ['Redis', { stop: () => redis.kill(), start: () => redis.start() }],
  ['PostgreSQL', { stop: () => postgres.stop(), start: () => postgres.start() }],
] as const

describe.each(servers.filter(([name]) => program || name !== 'Redis'))(
  'when %s fails under load',
  (database, server) => {
    it('loses nothing that was stored, and serves the requests that need no session', {
      timeout: 60_000,
    }, async () => {
      await using connected = await connectStore(database, addresses[database]())
      const stage = new Stage({ secrets, store: connected.store })
      const { id } = await stage.once(undefined, (session) => session.set('stored', []))
      const headers = { cookie: `session=${id}` }
      const app = stack(
        cookies(),
        session({ secrets, store: connected.store }),
      )(({ session, pathInfo }) => {
        if (pathInfo !== '/')
          session.update('stored', (stored) => [...(stored as number[]), Number(pathInfo.slice(1))])
        return text('')
      })
      const web = client(app, { errors: quiet })

      const acknowledged: number[] = []
      let [sent, failed, stopping] = [0, 0, false]
      const visit = async () => {
        while (!stopping) {
          const number = ++sent
          const [page, update] = await Promise.all([
            web.get('/', { headers }),
            web.get(`/${number}`, { headers }),
          ])
          expect(page.status).toBe(200)
          if (update.status === 200) acknowledged.push(number)
          else {
            failed++
            expect([update.status, update.headers.get('retry-after')]).toEqual([503, '5'])
          }
          // Real requests arrive through a socket.
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const began = performance.now()
      const visits = Array.from({ length: 20 }, visit)
      const ended = Promise.all(visits)
      const acknowledgedMore = async (count: number) => {
        const wanted = acknowledged.length + count
        await expect.poll(() => acknowledged.length, { interval: 5, timeout: 30_000 }).toBeGreaterThan(wanted)
      }
      await acknowledgedMore(100)
      await server.stop()
      await expect.poll(() => failed, { interval: 5, timeout: 30_000 }).toBeGreaterThan(100)
      const before = heapUsed()
      await expect.poll(() => failed, { interval: 5, timeout: 30_000 }).toBeGreaterThan(1000)
      expect(heapUsed() - before).toBeLessThan(2 ** 23)
      await server.start()
      await acknowledgedMore(100)
      stopping = true
      await ended

      const seconds = (performance.now() - began) / 1000
      expect(web.errors.length).toBeGreaterThan(0)
      expect(web.errors.length).toBeLessThanOrEqual(Math.ceil(seconds))
      const stored = (await stage.once(id, (session) => session.get('stored'))).result as number[]
      expect(new Set(stored).size).toBe(stored.length)
      expect(acknowledged.filter((number) => !stored.includes(number))).toEqual([])
    })
  },
)

/** Returns the number of bytes that are in use after garbage collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
