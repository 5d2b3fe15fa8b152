/** A client that sends exactly the bytes it is told to, and reads responses strictly. */
import { connect, type NetConnectOpts, type Socket } from 'node:net'

export interface RawResponse {
  readonly version: string
  readonly status: number
  readonly reason: string
  /** Names in lower case; the values of a repeated field in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** The bytes as latin1 text. */
  readonly body: string
}

export class RawClient implements Disposable {
  readonly socket: Socket
  /** What has come and was not read, as latin1. */
  received = ''
  ended = false
  #wake: (() => void) | undefined

  /** `from` is the address that the client has. */
  constructor(target: number | string, from = '127.0.0.1') {
    const options: NetConnectOpts =
      typeof target === 'string' ? { path: target } : { port: target, host: '127.0.0.1', localAddress: from }
    this.socket = connect({ ...options, allowHalfOpen: true })
    this.socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1')
      this.#wake?.()
    })
    for (const event of ['end', 'error', 'close'] as const) {
      this.socket.on(event, () => {
        this.ended = true
        this.#wake?.()
      })
    }
  }

  send(text: string | Uint8Array): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
    return this
  }

  /** Waits until there is something to read; false where the connection ended instead. */
  async more(): Promise<boolean> {
    while (this.received === '' && !this.ended) await this.#more()
    return this.received !== ''
  }

  /** Waits until the server has ended the connection; returns what came before. */
  async end(): Promise<string> {
    while (!this.ended) await this.#more()
    return this.received
  }

  /** Reads one response, whole and in its framing; throws where the connection ends within it. */
  async response(method = 'GET'): Promise<RawResponse> {
    const head = await this.#upTo('\r\n\r\n')
    const [statusLine = '', ...lines] = head.slice(0, -4).split('\r\n')
    const [, version, status, reason] = /^HTTP\/(1\.[01]) (\d{3}) ([^\r\n]*)$/.exec(statusLine) ?? []
    if (version === undefined || reason === undefined)
      throw new Error(`no status line: ${JSON.stringify(statusLine)}`)
    const headers = new Map<string, string[]>()
    for (const line of lines) {
      const [, name, value] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
      if (name === undefined || value === undefined)
        throw new Error(`no header field: ${JSON.stringify(line)}`)
      headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value])
    }
    const code = Number(status)
    const body = await this.#body(method, code, headers)
    return { version, status: code, reason, headers, body }
  }

  async #body(method: string, status: number, headers: ReadonlyMap<string, string[]>): Promise<string> {
    const length = headers.get('content-length')
    if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return ''
    if (headers.get('transfer-encoding')?.[0] === 'chunked') {
      if (length !== undefined) throw new Error('both Content-Length and Transfer-Encoding')
      let body = ''
      for (;;) {
        const size = Number.parseInt(await this.#upTo('\r\n'), 16)
        const chunk = await this.#take(size + 2)
        if (!chunk.endsWith('\r\n')) throw new Error('a chunk without its end')
        if (size === 0) return body
        body += chunk.slice(0, -2)
      }
    }
    if (length !== undefined) return this.#take(Number(length[0]))
    const rest = await this.end()
    this.received = ''
    return rest
  }

  async #upTo(mark: string): Promise<string> {
    while (!this.received.includes(mark)) await this.#more()
    return this.#take(this.received.indexOf(mark) + mark.length)
  }

  async #take(count: number): Promise<string> {
    while (this.received.length < count) await this.#more()
    const taken = this.received.slice(0, count)
    this.received = this.received.slice(count)
    return taken
  }

  #more(): Promise<void> {
    if (this.ended)
      throw new Error(`the connection ended after ${JSON.stringify(this.received.slice(0, 200))}`)
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}
