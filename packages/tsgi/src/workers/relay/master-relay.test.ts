import { expect, it, vi } from 'vitest'
import { MasterRelay, type RelayedWorker } from './master-relay.ts'
import type { RelayEvent } from './relay-messages.ts'

/** A worker that reads events when it is told to. */
class Worker implements RelayedWorker {
  readonly events: RelayEvent[] = []
  #waiting: (() => void)[] = []

  relay(event: RelayEvent, done: () => void): void {
    this.events.push(event)
    this.#waiting.push(done)
  }

  read(): void {
    for (const done of this.#waiting.splice(0)) done()
  }
}

it('passes messages to the other workers of a channel, until they unsubscribe or exit', () => {
  const relay = new MasterRelay()
  const [one, other, third] = [new Worker(), new Worker(), new Worker()]
  for (const [id, worker] of [one, other, third].entries()) {
    relay.receive(worker, { do: 'subscribe', channel: 'news', id })
    expect(worker.events.splice(0)).toEqual([{ event: 'subscribed', id }])
  }
  const publish = () => relay.receive(one, { do: 'publish', channel: 'news', data: 'Hello' })
  publish()
  relay.receive(other, { do: 'unsubscribe', channel: 'news' })
  publish()
  relay.ended(third)
  publish()
  expect([one, other, third].map(({ events }) => events.length)).toEqual([0, 1, 2])
})

it('bounds what waits for a worker, also if the messages are empty, and reports it once', () => {
  const warnings = vi.spyOn(console, 'error').mockImplementation(() => {})
  const relay = new MasterRelay()
  const [one, slow] = [new Worker(), new Worker()]
  relay.receive(slow, { do: 'subscribe', channel: 'news', id: 1 })
  slow.read()
  const publish = () => relay.receive(one, { do: 'publish', channel: 'news', data: '' })
  for (let n = 0; n < 200_000; n++) publish()
  const { length } = slow.events
  expect(length).toBeLessThan(100_000)
  expect(warnings).toHaveBeenCalledTimes(1)
  slow.read()
  publish()
  expect(slow.events.length).toBe(length + 1)
  warnings.mockRestore()
})
