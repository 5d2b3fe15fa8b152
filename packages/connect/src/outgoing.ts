import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Environ } from '@tsgi/core'
import { isHopByHop, isNullBodyStatus } from '@tsgi/core/gateway'
import { BodyQueue } from './body-queue.ts'

type Chunk = string | Uint8Array | null | undefined
type Encoding = BufferEncoding | undefined
type Done = ((error?: Error | null) => void) | undefined

/**
 * Node's response, written into a `Response` instead of a socket.
 *
 * What middleware replaces (`write`, `end`, `writeHead`) are own properties, so that they stay when Express puts its own
 * prototype in the place of this one.
 */
export class Outgoing extends ServerResponse {
  readonly response: Promise<Response>
  /** Whether the response is made, with all of its body. */
  isWhole = false
  readonly #answered = Promise.withResolvers<Response>()
  #queue: BodyQueue | undefined
  #hasText = false

  constructor(incoming: IncomingMessage, environ: Environ) {
    super(incoming)
    this.response = this.#answered.promise
    const write = (chunk: Chunk, encoding?: Encoding | Done, done?: Done) =>
      this.#write(chunk, encoding, done)
    const end = (chunk?: Chunk | Done, encoding?: Encoding | Done, done?: Done) =>
      this.#end(chunk, encoding, done)
    const writeHead = (status: number, ...rest: unknown[]) => this.#writeHead(status, rest)
    const flushHeaders = () => {
      if (this.writableEnded) return
      if (!this.headersSent) this.#implyHead()
      this.#open()
    }
    const destroy = (error?: Error) => this.#destroy(error)
    Object.assign(this, { write, end, writeHead, flushHeaders, destroy, socket: incoming.socket })
    environ.finished.then(({ aborted }) => {
      if (!aborted) this.emit('finish')
      this.#close()
      incoming.socket.destroy()
    })
  }

  /** Express's, the one of its members that middleware of others (passport) counts on. */
  redirect(...args: [url: string] | [status: number, url: string]): void {
    const [status, url] = args.length === 1 ? [302, args[0]] : args
    this.statusCode = status
    this.setHeader('Location', encodeURI(url.toWellFormed()).replaceAll('%25', '%'))
    this.setHeader('Content-Length', '0')
    this.end()
  }

  #write(chunk: Chunk, encoding?: Encoding | Done, done?: Done): boolean {
    const told = typeof encoding === 'function' ? encoding : done
    if (this.writableEnded) {
      const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
      if (told) queueMicrotask(() => told(error))
      return false
    }
    const bytes = this.#bytesOf(chunk, encoding)
    if (!this.headersSent) this.#implyHead()
    if (told) queueMicrotask(told)
    if (bytes.byteLength === 0) return true
    return this.#open().write(bytes)
  }

  #end(chunk?: Chunk | Done, encoding?: Encoding | Done, done?: Done): this {
    const told = [chunk, encoding, done].find((each) => typeof each === 'function') as Done
    if (this.writableEnded) return this
    const bytes = this.#bytesOf(typeof chunk === 'function' ? undefined : chunk, encoding)
    if (!this.headersSent) this.#implyHead()
    if (told) this.once('finish', told)
    this.finished = true
    if (this.#queue === undefined) {
      this.#answer(bytes.byteLength === 0 ? null : bytes)
    } else {
      if (bytes.byteLength > 0) this.#queue.write(bytes)
      this.#queue.end()
    }
    return this
  }

  #writeHead(status: number, rest: unknown[]): this {
    const headers = typeof rest[0] === 'string' ? rest[1] : rest[0]
    if (typeof rest[0] === 'string') this.statusMessage = rest[0]
    // Node itself keeps what is set here from `getHeader`.
    if (!this.headersSent) for (const [name, value] of fieldsOf(headers)) this.setHeader(name, value)
    ServerResponse.prototype.writeHead.call(this, status)
    return this
  }

  /** By the method that middleware may have replaced. */
  #implyHead(): void {
    this.writeHead(this.statusCode)
  }

  /** Begins a response whose body is streamed. */
  #open(): BodyQueue {
    if (this.#queue !== undefined) return this.#queue
    this.#queue = new BodyQueue({ drain: () => this.emit('drain'), cancel: () => this.#close() })
    this.#answer(this.#queue.stream)
    return this.#queue
  }

  #answer(body: ReadableStream<Uint8Array> | Uint8Array | null): void {
    this.isWhole = this.#queue === undefined
    const { statusCode: status, statusMessage } = this
    const isBodiless = isNullBodyStatus(status)
    const sent = isBodiless || this.req.method === 'HEAD' ? null : body
    try {
      const headers = this.#headersFor(sent !== null, isBodiless)
      this.#answered.resolve(
        new Response(sent as BodyInit | null, { status, statusText: statusMessage, headers }),
      )
    } catch (error) {
      this.#answered.reject(error)
    }
  }

  #headersFor(hasBody: boolean, isBodiless: boolean): Headers {
    const headers = new Headers()
    for (const [name, value] of Object.entries(this.getHeaders())) {
      if (value === undefined || isHopByHop(name)) continue
      for (const each of Array.isArray(value) ? value : [value]) headers.append(name, String(each))
    }
    if (hasBody && !headers.has('content-type')) {
      // What ends a response in a word (passport) does not say that it is text.
      headers.set('content-type', this.#hasText ? 'text/plain; charset=utf-8' : 'application/octet-stream')
    }
    if (isBodiless) headers.delete('content-type')
    if (this.statusCode === 204) headers.delete('content-length')
    return headers
  }

  #bytesOf(chunk: Chunk, encoding: Encoding | Done): Uint8Array {
    if (chunk === undefined || chunk === null) return new Uint8Array()
    if (chunk instanceof Uint8Array) return chunk
    if (typeof chunk !== 'string')
      throw new TypeError(`A chunk must be a string or bytes, got ${typeof chunk}`)
    this.#hasText = true
    return Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8')
  }

  #destroy(error?: Error): this {
    const reason = error ?? new Error('The response was destroyed')
    if (this.#queue === undefined) this.#answered.reject(reason)
    else this.#queue.fail(reason)
    this.#close()
    return this
  }

  #close(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('close')
  }
}

function fieldsOf(headers: unknown): [string, string | readonly string[]][] {
  if (Array.isArray(headers)) {
    if (Array.isArray(headers[0])) return headers as [string, string][]
    return headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), headers[at + 1]]] : []))
  }
  return Object.entries((headers ?? {}) as Record<string, string>)
}
