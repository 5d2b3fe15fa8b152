import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { channels, redis } from '../../channels.ts'

/** Clients that reply at once, or never to `publish`. */
function clients() {
  const calls: string[] = []
  const on = () => {}
  const publisher = { on, publish: () => new Promise<number>(() => {}) }
  const subscriber = {
    on,
    psubscribe: on,
    subscribe: async (channel: string) => calls.push(`+${channel}`),
    unsubscribe: async (channel: string) => calls.push(`-${channel}`),
  }
  return { calls, publisher, subscriber }
}

it('unsubscribes at Redis whenever the last subscription ends', async () => {
  for (let ticks = 0; ticks < 12; ticks++) {
    const { calls, publisher, subscriber } = clients()
    const { channels: live } = channels(redis(publisher, subscriber, { prefix: '' }))
    const news = live.subscribe('news')
    for (let tick = 0; tick < ticks; tick++) await undefined
    news.unsubscribe()
    await turn()
    expect(calls.filter((call) => call === '+news')).toHaveLength(calls.length / 2)

    using again = live.subscribe('news')
    expect(await again.ready).toBe(true)
    expect(calls.at(-1)).toBe('+news')
  }
})

it('counts empty messages towards those that may wait for Redis', async () => {
  const { publisher, subscriber } = clients()
  let waiting = 0
  publisher.publish = () => {
    waiting++
    return new Promise(() => {})
  }
  const errors = { write() {} }
  const { channels: live } = channels(redis(publisher, subscriber, { timeout: 1 }), { errors })
  const published = Array.from({ length: 40_000 }, () => live.publish('news', ''))
  expect(new Set(await Promise.all(published))).toEqual(new Set([false]))
  expect(waiting).toBeLessThan(40_000)
})
