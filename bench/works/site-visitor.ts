import { type Agent, request } from 'node:http'

/** A browser: sends the cookies that were set, and one with the chosen theme. */
export class Visitor {
  readonly #port: number
  readonly #agent: Agent | undefined
  readonly #cookies = new Map([['theme', 'dark']])

  constructor(port: number, agent?: Agent) {
    this.#port = port
    this.#agent = agent
  }

  /** The value of the `Cookie` header. */
  get cookie(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Requests the page and keeps its cookies. */
  async get(): Promise<string> {
    return this.#send('GET', 200, true)
  }

  /** Requests the page and ignores the cookies it sets. */
  async look(): Promise<string> {
    return this.#send('GET', 200, false)
  }

  /** Posts a message. */
  async post(): Promise<void> {
    await this.#send('POST', 303, true)
  }

  #send(method: string, status: number, keep: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          method,
          headers: { cookie: this.cookie },
          agent: this.#agent ?? false,
        },
        async (incoming) => {
          try {
            if (incoming.statusCode !== status)
              throw new Error(`${method} / is answered ${incoming.statusCode}`)
            if (keep) this.#keep(incoming.headers['set-cookie'] ?? [])
            let body = ''
            for await (const text of incoming.setEncoding('utf8')) body += text
            resolve(body)
          } catch (error) {
            reject(error)
          }
        },
      )
      outgoing.setTimeout(10_000, () => outgoing.destroy(new Error(`no answer to ${method} /`)))
      outgoing.on('error', reject)
      outgoing.end()
    })
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value)
    }
  }
}
