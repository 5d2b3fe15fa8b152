/** A client with a cookie and kept-alive connections, like a browser. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { Agent, request as secureRequest } from 'node:https'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export class Visitor implements Disposable {
  readonly #port: number
  readonly #agent: Agent
  #cookie: string | undefined

  /** @param ca The trusted certificate. */
  constructor(port: number, ca: string) {
    this.#port = port
    // A local address other than that of nginx, so that the test can tell the two apart.
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 20,
      ca,
      servername: 'localhost',
      localAddress: '127.0.0.2',
    })
  }

  async ask(method: 'GET' | 'POST', path = '/', headers: Record<string, string> = {}): Promise<Answer> {
    const cookie = this.#cookie === undefined ? {} : { cookie: this.#cookie }
    const answer = await ask(`https://127.0.0.1:${this.#port}${path}`, method, this.#agent, {
      ...cookie,
      ...headers,
    })
    const [set] = answer.headers['set-cookie'] ?? []
    if (set !== undefined) this.#cookie = set.split(';')[0]
    return answer
  }

  /** Reads the number of clicks per server from the page. */
  async clicks(): Promise<Readonly<Record<string, number>>> {
    const { status, body } = await this.ask('GET')
    if (status !== 200) throw new Error(`${status} ${body}`)
    return Object.fromEntries(
      [...body.matchAll(/<li>([^:]+): (\d+)<\/li>/g)].map(([, server, count]) => [server, Number(count)]),
    )
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

/** Sends a request, by default on a new connection. */
export function ask(
  url: string,
  method = 'GET',
  agent: Agent | undefined = undefined,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const send = url.startsWith('https:') ? secureRequest : request
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      { method, agent: agent ?? false, headers: { host: 'example.org', ...headers } },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (text: string) => {
          body += text
        })
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}

/** Sends requests continuously on several connections until `end()`. Counts the successful ones and records the others. */
export class Load {
  readonly failures: unknown[] = []
  answered = 0
  #loading = true
  readonly #clients: Promise<void>[]

  constructor(visitor: Visitor, method: 'GET' | 'POST', atOnce: number) {
    this.#clients = Array.from({ length: atOnce }, () => this.#ask(visitor, method))
  }

  async end(): Promise<void> {
    this.#loading = false
    await Promise.all(this.#clients)
  }

  async #ask(visitor: Visitor, method: 'GET' | 'POST'): Promise<void> {
    while (this.#loading) {
      try {
        const { status, body } = await visitor.ask(method)
        if (status < 400) this.answered++
        else this.failures.push(`${status} ${body}`)
      } catch (error) {
        this.failures.push(error)
      }
      // Leave some processor time to the servers.
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
}
