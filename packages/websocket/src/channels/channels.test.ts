import { setTimeout as delay } from 'node:timers/promises'
import { type Application, empty, sse, stack } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { describe, expect, it } from 'vitest'
import { start } from '../../test/start.ts'
import {
  type BackendEvents,
  type ChannelBackend,
  type Channels,
  channels,
  local,
  type Subscription,
  workers,
} from '../channels.ts'
import { websocket } from '../index.ts'

type Live = { channels: Channels }

/** Returns the next messages of a subscription. */
async function take(subscription: Subscription, count: number): Promise<string[]> {
  const iterator = subscription[Symbol.asyncIterator]()
  const messages: string[] = []
  while (messages.length < count) messages.push((await iterator.next()).value as string)
  return messages
}

/** A backend that the test controls. */
function fake(methods: Partial<ChannelBackend> = {}) {
  const calls: string[] = []
  let events: BackendEvents | undefined
  const backend: ChannelBackend = {
    connect(given) {
      events = given
    },
    async publish(channel, data) {
      calls.push(`publish ${channel} ${data}`)
      return true
    },
    async subscribe(channel) {
      calls.push(`subscribe ${channel}`)
      return true
    },
    unsubscribe: (channel) => calls.push(`unsubscribe ${channel}`),
    ...methods,
  }
  return { backend, calls, receive: (channel: string, data: string) => events!.receive(channel, data) }
}

describe('a subscription', () => {
  it('receives what is published in its channel from then on, in order', async () => {
    const { channels: live } = channels(local())
    await live.publish('news', 'too early')
    using news = live.subscribe('news')
    expect(await news.ready).toBe(true)
    live.publish('news', '1')
    live.publish('other', 'no')
    expect(await live.publish('news', '2')).toBe(true)
    expect(await take(news, 2)).toEqual(['1', '2'])
    const next = take(news, 1)
    live.publish('news', '3')
    expect(await next).toEqual(['3'])
  })

  it('ends its loop when it is unsubscribed, disposed of, or its signal aborts', async () => {
    const { backend, calls } = fake()
    const { channels: live } = channels(backend)
    const controller = new AbortController()
    const ways: ((subscription: Subscription) => void)[] = [
      (each) => each.unsubscribe(),
      (each) => each[Symbol.dispose](),
      () => controller.abort(),
    ]
    for (const end of ways) {
      const subscription = live.subscribe('news', { signal: controller.signal })
      const loop = (async () => {
        for await (const _ of subscription);
      })()
      end(subscription)
      await loop
      live.publish('news', 'too late')
    }
    expect(calls.filter((call) => call.startsWith('unsubscribe'))).toHaveLength(3)
    const aborted = live.subscribe('news', { signal: controller.signal })
    for await (const _ of aborted);
    expect(calls.at(-1)).toBe('unsubscribe news')
  })

  it('ends when the loop is left', async () => {
    const { backend, calls } = fake()
    const { channels: live } = channels(backend)
    const news = live.subscribe('news')
    live.publish('news', '1')
    for await (const _ of news) break
    expect(calls).toEqual(['subscribe news', 'publish news 1', 'unsubscribe news'])
  })

  it('fails after the messages that wait, if more than maxBuffered would wait', async () => {
    const { channels: live } = channels(local(), { maxBuffered: 1_000 })
    const news = live.subscribe('news')
    for (let n = 0; n < 10_000; n++) live.publish('news', '')
    let count = 0
    const loop = (async () => {
      for await (const _ of news) count++
    })()
    await expect(loop).rejects.toThrow("channels: a subscriber of 'news' is too slow")
    expect(count).toBeLessThan(20)
  })

  it('refuses to be forwarded after messages were lost', () => {
    const { channels: live } = channels(local(), { maxBuffered: 1_000 })
    const news = live.subscribe('news')
    for (let n = 0; n < 100; n++) live.publish('news', '')
    expect(() => news.forward(() => {})).toThrow("a subscriber of 'news' is too slow")
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('whose receiver %s is reported, and does not affect the others', async (_, receive) => {
    const reports: unknown[] = []
    const { channels: live } = channels(local(), { errors: { write: (each) => reports.push(each) } })
    live.subscribe('news').forward(receive)
    using other = live.subscribe('news')
    expect(await live.publish('news', '1')).toBe(true)
    expect(await take(other, 1)).toEqual(['1'])
    expect(reports.map((each) => [String(each), String((each as Error).cause)])).toEqual([
      ["Error: channels: a subscriber of 'news' has failed", 'Error: broken'],
    ])
  })

  it('forwards in order what its function publishes, and reports the errors of the function', async () => {
    const problems: unknown[] = []
    const { channels: live } = channels(local(), { errors: { write: (error) => problems.push(error) } })
    using news = live.subscribe('news')
    for (const data of ['1', '2', '3']) live.publish('news', data)
    const received: string[] = []
    news.forward((data) => {
      received.push(data)
      if (data === '1') live.publish('news', '4')
      if (data === '2') throw new Error('throws')
      return Promise.reject(new Error('rejects'))
    })
    live.publish('news', '5')
    await delay(0)
    expect(received).toEqual(['1', '2', '3', '4', '5'])
    expect(problems).toHaveLength(1)
  })

  it('that begins while a message is delivered does not receive it', async () => {
    const { channels: live } = channels(local())
    using _other = live.subscribe('news')
    let count = 0
    const subscribe = () => {
      const news = live.subscribe('news')
      news.forward(() => {
        news.unsubscribe()
        if (++count < 10) subscribe()
      })
    }
    subscribe()
    await live.publish('news', '1')
    expect(count).toBe(1)
    await live.publish('news', '2')
    expect(count).toBe(2)
  })

  it('does not delay the others if its loop is slow', async () => {
    const { channels: live } = channels(local())
    using slow = live.subscribe('news')
    using fast = live.subscribe('news')
    live.publish('news', '1')
    live.publish('news', '2')
    expect(await take(fast, 2)).toEqual(['1', '2'])
    expect(await take(slow, 2)).toEqual(['1', '2'])
  })
})

describe('a backend', () => {
  it('is subscribed while a channel has subscriptions, and receives what is published', async () => {
    const { backend, calls, receive } = fake()
    const { channels: live } = channels(backend)
    const one = live.subscribe('news')
    const other = live.subscribe('news')
    receive('news', 'from elsewhere')
    receive('unknown', 'no')
    expect(await take(one, 1)).toEqual(['from elsewhere'])
    one.unsubscribe()
    one.unsubscribe()
    expect(calls).toEqual(['subscribe news', 'subscribe news'])
    other.unsubscribe()
    expect(calls.at(-1)).toBe('unsubscribe news')
  })

  it('that fails is reported once a minute, and messages are delivered inside the process', async () => {
    const reports: unknown[] = []
    const failures = [
      () => {
        throw new Error('down')
      },
      () => Promise.reject(new Error('down')),
      () => null as never,
      () => false as never,
    ]
    for (const publish of failures) {
      const { backend } = fake({ publish, subscribe: publish, unsubscribe: publish })
      const { channels: live } = channels(backend, { errors: { write: (each) => reports.push(each) } })
      using news = live.subscribe('news')
      expect(await news.ready).toBe(false)
      for (let n = 0; n < 3; n++) expect(await live.publish('news', `${n}`)).toBe(false)
      expect(await take(news, 3)).toEqual(['0', '1', '2'])
    }
    expect(reports.map((each) => [String(each), String((each as Error).cause)])).toEqual([
      ['Error: channels: messages may not reach other processes', 'Error: down'],
      ['Error: channels: messages may not reach other processes', 'Error: down'],
    ])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('full'))],
  ])('survives a log that %s', async (_, write) => {
    const { backend } = fake({ publish: () => Promise.reject(new Error('down')) })
    expect(await channels(backend, { errors: { write } }).channels.publish('news', '')).toBe(false)
  })
})

describe('socket.subscribe', () => {
  const app = stack(channels(local()))(
    websocket<Live>(async (socket, { channels }) => {
      const news = channels.subscribe('news')
      await channels.publish('news', 'before')
      socket.subscribe(news)
      for await (const message of socket) {
        if (message === 'leave') news.unsubscribe()
        await channels.publish('news', String(message))
      }
    }),
  )

  it('sends every message of the channel to the client, until it is unsubscribed', async () => {
    await using server = await start(app)
    const one = await server.open()
    expect(await one.next()).toBe('before')
    const other = await server.open()
    expect([await one.next(), await other.next()]).toEqual(['before', 'before'])
    one.socket.send('Hello')
    expect([await one.next(), await other.next()]).toEqual(['Hello', 'Hello'])
    one.socket.send('leave')
    expect(await other.next()).toBe('leave')
    other.socket.send('are you there?')
    expect(await other.next()).toBe('are you there?')
    one.socket.ping()
    await new Promise((resolve) => one.socket.once('pong', resolve))
    one.socket.close()
    await one.closed
    other.socket.terminate()
    expect(server.errors).toEqual([])
  })

  it('ends the subscription when the client leaves', async () => {
    const { backend, calls } = fake()
    const ended = Promise.withResolvers<void>()
    const app = stack(channels(backend))(
      websocket<Live>(async (socket, { channels }) => {
        socket.subscribe(channels.subscribe('news'))
        await socket.closed
        // Also after it has closed.
        socket.subscribe(channels.subscribe('late'))
        await delay(0)
        ended.resolve()
      }),
    )
    await using server = await start(app)
    ;(await server.open()).socket.terminate()
    await ended.promise
    expect(calls).toEqual(['subscribe news', 'unsubscribe news', 'subscribe late', 'unsubscribe late'])
  })

  it('disconnects a client that does not read, and keeps sending to the others', async () => {
    const live = channels(local())
    const app = stack(live)(
      websocket<Live>(
        async (socket, { channels }) => {
          socket.subscribe(channels.subscribe('news'))
          await socket.send('ready')
          await socket.closed
        },
        { maxBuffered: 10_000, closeTimeout: 20 },
      ),
    )
    await using server = await start(app)
    const [stuck, fine] = [await server.open(), await server.open()]
    await Promise.all([stuck.next(), fine.next()])
    stuck.socket.pause()
    const news = 'x'.repeat(50_000)
    for (let n = 0; n < 400; n++) {
      await live.channels.publish('news', news)
      expect(await fine.next()).toBe(news)
    }
    stuck.socket.resume()
    expect((await stuck.closed).code).not.toBe(1000)
    fine.socket.terminate()
  })

  it('needs a subscription', async () => {
    await using server = await start(websocket((socket) => socket.subscribe('news' as never)))
    expect((await (await server.open()).closed).code).toBe(1011)
    expect(String(server.errors[0])).toContain('subscribe needs a subscription of a channel')
  })
})

describe('sse', () => {
  function site(backend: ChannelBackend): Application {
    return router(stack(channels(backend)), {
      '/events': ({ channels }) => sse(channels.subscribe('news')),
      '/news': {
        async POST({ request, channels }) {
          await channels.publish('news', await request.text())
          return empty()
        },
      },
    })
  }

  it('streams a subscription, which ends when the client leaves', async () => {
    const { backend, calls } = fake()
    await using server = await start(site(backend))
    const controller = new AbortController()
    const response = await fetch(`${server.url}/events`, { signal: controller.signal })
    const publish = () => fetch(`${server.url}/news`, { method: 'POST', body: 'It rains' })
    await publish()
    for await (const chunk of response.body!) {
      expect(new TextDecoder().decode(chunk)).toBe('data: It rains\n\n')
      break
    }
    controller.abort()
    // The client has left when what is sent is replied to with a reset.
    await expect.poll(() => publish().then(() => calls)).toContain('unsubscribe news')
    expect(server.errors).toEqual([])
  })

  it('ends a subscription whose stream is not sent, as for HEAD', async () => {
    const { backend, calls } = fake()
    await using server = await start(site(backend))
    await fetch(`${server.url}/events`, { method: 'HEAD' })
    await expect.poll(() => calls).toEqual(['subscribe news', 'unsubscribe news'])
  })

  it('ends a subscription when the server stops', async () => {
    const { backend, calls } = fake()
    await using server = await start(site(backend), { gracefulTimeout: 10_000 })
    const response = await fetch(`${server.url}/events`)
    const began = performance.now()
    const [, text] = await Promise.all([server.server.close(), response.text()])
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(text).toBe('')
    expect(calls.at(-1)).toBe('unsubscribe news')
  })
})

describe('channels()', () => {
  it('shares the channels of a backend, and by default those of the process', async () => {
    expect(channels().channels).toBe(channels(workers()).channels)
    expect(channels().channels).not.toBe(channels(local()).channels)
    const web = client(
      channels()(async ({ channels: live }) => {
        await live.publish('shared', 'from a request')
        return empty()
      }),
    )
    using shared = channels().channels.subscribe('shared')
    await web.get('/')
    expect(await take(shared, 1)).toEqual(['from a request'])
  })

  it('refuses names and data that are not text', async () => {
    const { channels: live } = channels(local())
    await expect(live.publish('', 'a')).rejects.toThrow(
      'the name of a channel must be a text, not empty, got',
    )
    await expect(live.publish('a', Uint8Array.of(1) as never)).rejects.toThrow('data must be a text')
    expect(() => live.subscribe(7 as never)).toThrow('the name of a channel must be a text')
  })

  it.each([
    [{ signl: AbortSignal.abort() }, "channels: subscribe: unknown option 'signl', did you mean 'signal'?"],
    [{ signal: {} }, 'channels: subscribe: signal must be an AbortSignal, got an instance of Object'],
    [null, 'channels: subscribe: options must be an object, got null'],
  ])('refuses to subscribe with %j, and subscribes to nothing', (options, message) => {
    const { backend, calls } = fake()
    expect(() => channels(backend).channels.subscribe('news', options as never)).toThrow(message)
    expect(calls).toEqual([])
  })

  it.each([
    [() => channels({} as never), /backend must be local\(\), workers\(\) or redis\(publisher, subscriber\)/],
    [() => channels(local(), { maxBufered: 1 } as never), /unknown option 'maxBufered', did you mean/],
    [() => channels(local(), { maxBuffered: 0 }), /maxBuffered must be a size/],
    [() => channels(local(), { errors: null as never }), /errors must be an error log/],
    [() => channels(workers(), { maxBuffered: 5 }), /the backend is already in use/],
  ])('refuses a mistake at the start: %s', (call, message) => {
    channels()
    expect(call).toThrow(message)
  })
})
