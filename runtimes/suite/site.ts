/** The client of the site under test. Uses fetch, or node:http and plain sockets for what fetch hides. */
import { once } from 'node:events'
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request,
} from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

/** One behavior that a runtime has or lacks. */
export interface Case {
  readonly feature: string
  readonly name: string
  run(site: Site): Promise<void>
}

/** Creates the cases of one feature from a table by name. */
export function cases(feature: string, table: Readonly<Record<string, Case['run']>>): readonly Case[] {
  return Object.entries(table).map(([name, run]) => ({ feature, name, run }))
}

export class Site {
  readonly #origin: string
  /** The prefix of every path: `''` or that of a mount. */
  readonly prefix: string
  /** Returns what the processes have written to standard output and error. */
  readonly output: () => string

  constructor(origin: string, prefix: string, output: () => string) {
    this.#origin = origin
    this.prefix = prefix
    this.output = output
  }

  get host(): string {
    return new URL(this.#origin).host
  }

  url(path: string): string {
    // `new URL(path, base)` would parse a path that starts with `//` as a host.
    return this.#origin + this.prefix + path
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url(path), { redirect: 'manual', ...init })
  }

  async json(path: string, init?: RequestInit): Promise<unknown> {
    return (await this.fetch(path, init)).json()
  }

  post(path: string, body: BodyInit | null, headers: Record<string, string> = {}): Promise<Response> {
    // A stream as body needs `duplex`, which the type `RequestInit` does not have.
    return this.fetch(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
  }

  /** Opens a request that is written and read piece by piece, on its own connection, with keep-alive as in browsers. */
  open(path: string, { headers, ...options }: RequestOptions = {}): ClientRequest {
    const fields = { connection: 'keep-alive', ...(headers as OutgoingHttpHeaders) }
    const opened = request(this.url(path), { agent: false, headers: fields, ...options })
    // Tests that break a connection on purpose cause errors here.
    opened.on('error', () => {})
    return opened
  }

  /** Sends exactly this message and returns everything received until the connection ends. */
  async raw(message: string): Promise<string> {
    const { hostname, port } = new URL(this.#origin)
    const socket = connect(Number(port), hostname)
    socket.write(message)
    return text(socket)
  }

  /** Sends the whole body, even if a response arrives earlier, and returns the first data received. */
  async sendAll(path: string, body: Iterable<Uint8Array>, length: number): Promise<string> {
    const { hostname, port } = new URL(this.#origin)
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    const answer = once(socket, 'data')
    socket.write(
      `POST ${this.prefix}${path} HTTP/1.1\r\nHost: ${this.host}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${length}\r\n\r\n`,
    )
    const sent = pipeline(Readable.from(body), socket, { end: false })
    const [[data]] = await Promise.all([answer, sent]).finally(() => socket.destroy())
    return String(data)
  }

  /** Leaves a note for the application to read. */
  async note(id: string, note: string): Promise<void> {
    await this.post(`/notes/${id}`, note)
  }

  async notes(id: string): Promise<string[]> {
    return (await this.json(`/notes/${id}`)) as string[]
  }

  /** Waits until the application has left this note. */
  async noted(id: string, expected: string): Promise<void> {
    while (!(await this.notes(id)).includes(expected)) await pause(10)
  }
}

/** A response that is read piece by piece. */
export class Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly #response: IncomingMessage
  readonly #chunks: AsyncIterator<Buffer>

  constructor(response: IncomingMessage) {
    // A broken connection is reported to the reader; if nobody reads, ignore it.
    response.on('error', () => {})
    this.status = response.statusCode ?? 0
    this.headers = response.headers
    this.#response = response
    this.#chunks = response[Symbol.asyncIterator]()
  }

  /** Reads until the mark has arrived and returns everything read. */
  async until(mark: string): Promise<string> {
    let received = ''
    while (!received.includes(mark)) {
      const { done, value } = await this.#chunks.next()
      if (done) throw new Error(`the response ended after ${JSON.stringify(received)}`)
      received += value
    }
    return received
  }

  /** Returns the next chunk, or undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    return (await this.#chunks.next()).value
  }

  /** Returns the remaining bytes. */
  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = []
    for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next())
      chunks.push(next.value)
    return Buffer.concat(chunks)
  }

  /** Returns the remaining text. */
  async rest(): Promise<string> {
    return (await this.bytes()).toString()
  }

  /** Closes the connection before the response has ended. */
  leave(): void {
    this.#response.destroy()
  }
}

/** Returns the response to an opened request. */
export async function answerTo(opened: ClientRequest): Promise<Answer> {
  const [response] = (await once(opened, 'response')) as [IncomingMessage]
  return new Answer(response)
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** A client with a cookie jar, as simple as these tests allow. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #site: Site

  constructor(site: Site) {
    this.#site = site
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await this.#site.fetch(path, { ...init, headers: cookie === '' ? {} : { cookie } })
    for (const field of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(field) ?? []
      if (name === undefined || value === undefined) throw new Error(`no cookie: ${field}`)
      if (/; Max-Age=0\b/i.test(field)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return response
  }

  post(path: string): Promise<Response> {
    return this.fetch(path, { method: 'POST' })
  }

  async json(path: string): Promise<unknown> {
    return (await this.fetch(path)).json()
  }
}
