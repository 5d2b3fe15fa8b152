import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { requireProgram } from '../../../../../scripts/programs.ts'
import { RedisServer } from '../../../../../scripts/redis-server.ts'
import { type Channels, channels, type RedisOptions, redis, type Subscription } from '../../channels.ts'

const program = requireProgram('redis-server')

interface Process {
  readonly live: Channels
  readonly reports: Error[]
  /** How many of its two connections are up. */
  connections(): number
}

type Connect = (server: RedisServer, options?: RedisOptions) => Promise<Process>

function processOf(backend: ReturnType<typeof redis>, connections: () => number): Process {
  const reports: Error[] = []
  const errors = { write: (problem: unknown) => reports.push(problem as Error) }
  return { live: channels(backend, { errors }).channels, reports, connections }
}

/** Connects as a process of an application does. The connections are closed when the test finishes. */
const clients: readonly (readonly [name: string, connect: Connect])[] = [
  [
    'redis',
    async ({ path }, options) => {
      const publisher = createClient({ socket: { path, tls: false, reconnectStrategy: 20 } })
      const subscriber = publisher.duplicate()
      const backend = redis(publisher, subscriber, options)
      await Promise.all([publisher.connect(), subscriber.connect()])
      onTestFinished(() => {
        publisher.destroy()
        subscriber.destroy()
      })
      return processOf(backend, () => Number(publisher.isReady) + Number(subscriber.isReady))
    },
  ],
  [
    'ioredis',
    async ({ path }, options) => {
      const publisher = new Redis(path, { retryStrategy: () => 20, lazyConnect: true })
      const subscriber = publisher.duplicate()
      const backend = redis(publisher, subscriber, options)
      await Promise.all([publisher.connect(), subscriber.connect()])
      onTestFinished(() => {
        publisher.disconnect()
        subscriber.disconnect()
      })
      return processOf(
        backend,
        () => [publisher, subscriber].filter(({ status }) => status === 'ready').length,
      )
    },
  ],
]

/** Keeps what a subscription receives. */
function keep(subscription: Subscription): string[] {
  const received: string[] = []
  subscription.forward((data) => received.push(data))
  return received
}

let server: RedisServer

describe.runIf(program).each(clients)('channels over Redis with %s', (_, connect) => {
  beforeAll(async () => {
    server = new RedisServer(program!)
    await server.start()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** Runs a command of Redis. */
  async function command(...args: string[]): Promise<unknown> {
    const client = new Redis(server.path, { lazyConnect: true })
    await client.connect()
    try {
      return await client.call(args[0]!, ...args.slice(1))
    } finally {
      client.disconnect()
    }
  }

  it('carries messages to other processes in order, and does not echo them', async () => {
    const [one, other] = [await connect(server), await connect(server)]
    const [mine, theirs] = [one.live.subscribe('news'), other.live.subscribe('news')]
    expect([await mine.ready, await theirs.ready]).toEqual([true, true])
    const [atOne, atOther] = [keep(mine), keep(theirs)]
    const sent = Array.from({ length: 200 }, (_, n) => `${n} grüße 🎉`)
    expect(await Promise.all(sent.map((data) => one.live.publish('news', data)))).not.toContain(false)
    await expect.poll(() => atOther.length).toBe(200)
    expect(atOther).toEqual(sent)
    expect(await other.live.publish('news', 'end')).toBe(true)
    await expect.poll(() => atOne.at(-1)).toBe('end')
    expect(atOne).toEqual([...sent, 'end'])
    expect([...one.reports, ...other.reports]).toEqual([])
  })

  it('subscribes once for each channel of a process, and unsubscribes after the last', async () => {
    const { live } = await connect(server)
    const subscribers = async () =>
      ((await command('PUBSUB', 'NUMSUB', 'channels:room')) as [string, number])[1]
    const all = Array.from({ length: 20 }, () => live.subscribe('room'))
    await all[0]!.ready
    expect(await subscribers()).toBe(1)
    for (const each of all.slice(1)) each.unsubscribe()
    expect(await subscribers()).toBe(1)
    all[0]!.unsubscribe()
    // Immediately, while the command is under way.
    const again = live.subscribe('room')
    expect(await again.ready).toBe(true)
    const received = keep(again)
    await expect.poll(() => command('PUBLISH', 'channels:room', 'still here')).toBe(1)
    await expect.poll(() => received).toEqual(['still here'])
    again.unsubscribe()
    await expect.poll(subscribers).toBe(0)
  })

  it('receives what other programs publish', async () => {
    const { live } = await connect(server, { prefix: 'app:' })
    const news = live.subscribe('news')
    await news.ready
    const received = keep(news)
    await command('PUBLISH', 'channels:news', 'of another prefix')
    await command('PUBLISH', 'app:news', 'It rains, as announced')
    await expect.poll(() => received).toEqual(['It rains, as announced'])
  })

  it('is subscribed again when Redis restarts, twice, and delivers inside the process meanwhile', async () => {
    const [one, other] = [await connect(server), await connect(server)]
    const [mine, theirs] = [one.live.subscribe('news'), other.live.subscribe('news')]
    await Promise.all([mine.ready, theirs.ready])
    const [atOne, atOther] = [keep(mine), keep(theirs)]
    for (let restart = 1; restart <= 2; restart++) {
      const ended = other.live.subscribe(`ended ${restart}`)
      await ended.ready
      await server.kill()
      await expect.poll(() => one.connections() + other.connections()).toBe(0)
      expect(await one.live.publish('news', 'down')).toBe(false)
      expect(atOne.splice(0)).toEqual(['down'])
      // Needs Redis for the first time while it is down.
      const late = other.live.subscribe(`late ${restart}`)
      expect(await late.ready).toBe(false)
      const atLate = keep(late)
      ended.unsubscribe()

      await server.start()
      const names = [`channels:late ${restart}`, `channels:ended ${restart}`]
      await expect.poll(() => one.connections() + other.connections()).toBe(4)
      await expect
        .poll(() => command('PUBSUB', 'NUMSUB', 'channels:news', ...names))
        .toEqual(['channels:news', 2, names[0], 1, names[1], 0])
      expect(await one.live.publish('news', `after ${restart}`)).toBe(true)
      expect(await one.live.publish(`late ${restart}`, 'hello')).toBe(true)
      await expect.poll(() => [...atOther, ...atLate]).toEqual([`after ${restart}`, 'hello'])
      expect(await other.live.publish('news', 'back')).toBe(true)
      await expect.poll(() => atOne.splice(0)).toContain('back')
      atOther.length = 0
    }
    // Once a minute.
    expect([one.reports.length, other.reports.length]).toEqual([1, 1])
    expect(String(one.reports[0])).toContain('messages may not reach other processes')
  })

  it('resolves with false if Redis does not respond in time, with bounded memory', async () => {
    const { live, reports } = await connect(server, { timeout: '100ms' })
    await live.publish('news', 'warm')
    server.freeze()
    try {
      expect(await live.publish('news', 'frozen')).toBe(false)
      expect(await live.subscribe('more').ready).toBe(false)
      const large = 'x'.repeat(1024 * 1024)
      const began = performance.now()
      const all = await Promise.all(Array.from({ length: 200 }, () => live.publish('news', large)))
      expect(all).not.toContain(true)
      expect(performance.now() - began).toBeLessThan(5_000)
      expect(reports.map(({ cause }) => String(cause))).toEqual([
        'Error: no response from Redis within 100 ms',
      ])
    } finally {
      server.thaw()
    }
    await delay(50)
    await expect.poll(() => live.publish('news', 'thawed')).toBe(true)
  })
})

describe('redis()', () => {
  const client = () => new Redis({ lazyConnect: true })
  it.each([
    [() => redis({} as never, client()), /publisher must be a client of redis, ioredis or iovalkey, got/],
    [() => redis(client(), {} as never), /subscriber must be a client of redis, ioredis or iovalkey, got/],
    [() => redis(client(), client(), { prefx: '' } as never), /unknown option 'prefx', did you mean/],
    [() => redis(client(), client(), { prefix: 1 as never }), /prefix must be text/],
    [() => redis(client(), client(), { timeout: '0s' }), /timeout must be a duration/],
    [
      () => {
        const one = client()
        redis(one, one)
      },
      /subscriber must be another connection than publisher/,
    ],
  ])('refuses a mistake at the start: %s', (call, message) => {
    expect(call).toThrow(message)
  })
})
