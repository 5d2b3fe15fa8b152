import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const clientCount = 32

/** Clients that keep sending requests over keep-alive connections, with pauses of up to 20 ms. */
export class Clients {
  answered = 0
  lost = 0
  /** Time of the slowest response in milliseconds. */
  slowest = 0
  /** Number of lost requests by error. */
  readonly kinds = new Map<string, number>()
  readonly #port: number
  readonly #expected: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: clientCount })
  readonly #loops: Promise<void>[]
  #stopped = false

  /** Starts the clients. */
  constructor(port: number, expected: string) {
    this.#port = port
    this.#expected = expected
    this.#loops = Array.from({ length: clientCount }, () => this.#loop())
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#loops)
    this.#agent.destroy()
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const began = performance.now()
      const failure = await this.#ask()
      if (failure === undefined) this.answered++
      else {
        this.lost++
        this.kinds.set(failure, (this.kinds.get(failure) ?? 0) + 1)
      }
      this.slowest = Math.max(this.slowest, performance.now() - began)
      await sleep(Math.random() * 20)
    }
  }

  /** Returns what went wrong, if anything. */
  #ask(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const outgoing = request(
        { host: '127.0.0.1', port: this.#port, agent: this.#agent },
        async (incoming) => {
          let body = ''
          try {
            for await (const text of incoming.setEncoding('utf8')) body += text
          } catch {
            return resolve('an answer that was cut off')
          }
          if (incoming.statusCode !== 200) return resolve(`status ${incoming.statusCode}`)
          resolve(body === this.#expected ? undefined : 'another answer')
        },
      )
      outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('no answer in 10 seconds')))
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        resolve(
          `${error.code ?? error.message}${outgoing.reusedSocket ? ' on a connection that was kept' : ''}`,
        ),
      )
      outgoing.end()
    })
  }
}
