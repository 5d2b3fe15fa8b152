import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds after which a client gives up. */
export const patience = 2_000

/** Number of connections. */
export const connections = 200

/** The responses to requests that arrive at a constant rate. */
export interface Outcome {
  /** Durations of the requests that got 200 in time, in milliseconds, sorted. */
  readonly durations: readonly number[]
  /** Number of requests that got 503. */
  readonly rejected: number
  /** Number of requests whose client gave up. */
  readonly abandoned: number
}

/**
 * Clients behind a reverse proxy, which keeps a pool of connections. A request waits for a free connection. If a client
 * gives up, the connection of its request is closed.
 */
export class Clients implements Disposable {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections })

  constructor(port: number) {
    this.#port = port
  }

  /** Opens all connections. */
  async open(): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.#send(60_000)))
  }

  /** Returns the number of requests per second that the server handles, one after another. */
  async measureCapacity(): Promise<number> {
    const started = performance.now()
    for (let count = 0; count < 2 * connections; count++) await this.#send(60_000)
    return (2 * connections) / ((performance.now() - started) / 1_000)
  }

  /** Sends `rate` requests per second, whether or not earlier ones have their responses. */
  async sendAtRate(rate: number, seconds: number): Promise<Outcome> {
    const durations: number[] = []
    const send = async () => {
      const sentAt = performance.now()
      const status = await this.#send(patience)
      if (status === 200) durations.push(performance.now() - sentAt)
      return status
    }
    const sent: Promise<number | undefined>[] = []
    const started = performance.now()
    for (let now = started; now - started < seconds * 1_000; now = performance.now()) {
      while (sent.length < ((now - started) / 1_000) * rate) sent.push(send())
      await sleep(1)
    }
    const statuses = await Promise.all(sent)
    return {
      durations: durations.sort((a, b) => a - b),
      rejected: statuses.filter((status) => status === 503).length,
      abandoned: statuses.filter((status) => status === undefined).length,
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  /** Returns the status of a response; undefined if the client gave up. */
  #send(timeout: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      const signal = AbortSignal.timeout(timeout)
      const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, signal }
      const outgoing = request(options, (incoming) => {
        incoming.resume()
        incoming.on('end', () => resolve(incoming.statusCode))
        incoming.on('error', () => resolve(undefined))
      })
      outgoing.on('error', () => resolve(undefined))
      outgoing.end()
    })
  }
}
