import { ServerResponse } from 'node:http'
import type { Environ, ErrorLog } from '@tsgi/core'
import { isHopByHop, isNullBodyStatus, reasonPhrase } from '@tsgi/core/gateway'
import { guardListeners } from './listeners.ts'
import type { NodeRequest } from './request.ts'
import { ResponseQueue } from './response-queue.ts'
import { reportUnsupported } from './unsupported.ts'

type Chunk = string | Uint8Array | null | undefined
type Encoding = BufferEncoding | undefined
type Done = ((error?: Error | null) => void) | undefined

/**
 * Node's response, written into a `Response` instead of a socket.
 *
 * Overridden methods are own properties, because Express replaces the prototype.
 */
export class NodeResponse extends ServerResponse {
  readonly response: Promise<Response>
  /** Makes `response` fail, or its body if it has started. */
  readonly fail: (error: unknown) => void
  /** Whether the whole body of `response` has been written. */
  isWhole = false
  readonly #response = Promise.withResolvers<Response>()
  readonly #request: NodeRequest
  #queue: ResponseQueue | undefined
  #hasText = false
  /** The reason phrase that was set explicitly. */
  #reason = ''

  constructor(request: NodeRequest, environ: Environ) {
    super(request)
    this.#request = request
    this.response = this.#response.promise
    this.fail = (error) => this.#fail(error)
    const { socket } = request
    Object.assign(this, { socket, ...this.#overrides(environ.errors) })
    socket.addResponse(this)
    guardListeners(this, socket.failListener)
    environ.finished.then(({ aborted }) => {
      if (!aborted) this.emit('finish')
      this.#close()
    })
  }

  #overrides(errors: ErrorLog) {
    return {
      write: (chunk: Chunk, encoding?: Encoding | Done, done?: Done) => this.#write(chunk, encoding, done),
      end: (chunk?: Chunk | Done, encoding?: Encoding | Done, done?: Done) =>
        this.#end(chunk, encoding, done),
      writeHead: (status: number, ...rest: unknown[]) => this.#writeHead(status, rest),
      flushHeaders: () => {
        if (this.writableEnded) return
        if (!this.headersSent) this.#writeImpliedHead()
        this.#open()
      },
      destroy: (error?: Error) => {
        const { socket } = this.#request
        if (!this.writableEnded) socket.failResponse(error ?? new Error('The middleware destroyed res'), this)
        socket.destroy(error)
        return this
      },
      addTrailers: () => reportUnsupported('res.addTrailers', errors),
      writeContinue: () => reportUnsupported('res.writeContinue', errors),
      writeProcessing: () => reportUnsupported('res.writeProcessing', errors),
      writeEarlyHints: (_hints: unknown, done?: () => void) => {
        reportUnsupported('res.writeEarlyHints', errors)
        this.#callLater(done)
      },
    }
  }

  #write(chunk: Chunk, encoding?: Encoding | Done, done?: Done): boolean {
    const callback = typeof encoding === 'function' ? encoding : done
    if (this.writableEnded) {
      const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
      this.#callLater(callback, error)
      return false
    }
    if (chunk === null) {
      const error = new TypeError('res.write: null cannot be written to a stream')
      throw Object.assign(error, { code: 'ERR_STREAM_NULL_VALUES' })
    }
    const bytes = this.#bytesOf(chunk, encoding)
    if (!this.headersSent) this.#writeImpliedHead()
    this.#callLater(callback)
    this.#request.socket.refreshTimeout()
    const queue = this.#open()
    return bytes.byteLength === 0 || queue.write(bytes)
  }

  #callLater(callback: Done, error?: Error): void {
    if (callback) Promise.resolve(error).then(callback).catch(this.#request.socket.failListener)
  }

  #end(chunk?: Chunk | Done, encoding?: Encoding | Done, done?: Done): this {
    const callback = [chunk, encoding, done].find((each) => typeof each === 'function') as Done
    if (this.writableEnded) return this
    const isEmpty = chunk === undefined || chunk === null || typeof chunk === 'function'
    const bytes = isEmpty ? new Uint8Array() : this.#bytesOf(chunk, encoding)
    if (!this.headersSent) this.#writeImpliedHead()
    if (callback) this.once('finish', callback)
    this.finished = true
    if (this.#queue === undefined) {
      this.#respond(bytes.byteLength === 0 ? null : bytes)
    } else {
      if (bytes.byteLength > 0) this.#queue.write(bytes)
      this.#queue.end()
    }
    return this
  }

  #writeHead(status: number, rest: unknown[]): this {
    const headers = typeof rest[0] === 'string' ? rest[1] : rest[0]
    if (typeof rest[0] === 'string') this.statusMessage = rest[0]
    // Node does not return these fields from `getHeader`.
    if (!this.headersSent) for (const [name, value] of fieldsOf(headers)) this.setHeader(name, value)
    this.#reason = this.statusMessage ?? ''
    // Node's own phrases are out of date, for example for 413 and 422.
    if (this.#reason === '') this.statusMessage = reasonPhrase(status)
    ServerResponse.prototype.writeHead.call(this, status)
    return this
  }

  /** Calls the public method, which middleware may have replaced. */
  #writeImpliedHead(): void {
    this.writeHead(this.statusCode)
  }

  /** Starts a streamed response. */
  #open(): ResponseQueue {
    if (this.#queue !== undefined) return this.#queue
    this.#queue = new ResponseQueue({ drain: () => this.emit('drain'), cancel: () => this.#close() })
    this.#respond(this.#queue.stream)
    return this.#queue
  }

  #respond(body: ReadableStream<Uint8Array> | Uint8Array | null): void {
    this.isWhole = this.#queue === undefined
    const status = this.statusCode
    const isBodiless = isNullBodyStatus(status)
    const sent = isBodiless || this.req.method === 'HEAD' ? null : body
    try {
      const headers = this.#headersFor(sent !== null, isBodiless)
      const init = { status, statusText: this.#reason, headers }
      this.#response.resolve(new Response(sent as BodyInit | null, init))
    } catch (error) {
      this.#response.reject(error)
    }
  }

  #headersFor(hasBody: boolean, isBodiless: boolean): Headers {
    const headers = new Headers()
    for (const [name, value] of Object.entries(this.getHeaders())) {
      if (value === undefined || isHopByHop(name)) continue
      for (const each of Array.isArray(value) ? value : [value]) headers.append(name, String(each))
    }
    if (hasBody && !headers.has('content-type')) {
      // Middleware such as passport ends a response with text but no type.
      headers.set('content-type', this.#hasText ? 'text/plain; charset=utf-8' : 'application/octet-stream')
    }
    if (isBodiless) headers.delete('content-type')
    if (this.statusCode === 204) headers.delete('content-length')
    return headers
  }

  #bytesOf(chunk: Chunk, encoding: Encoding | Done): Uint8Array {
    if (chunk instanceof Uint8Array) return chunk
    if (typeof chunk !== 'string') {
      const error = new TypeError(`res.write: a chunk must be a string or bytes, got ${typeof chunk}`)
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' })
    }
    this.#hasText = true
    return Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8')
  }

  #fail(error: unknown): void {
    if (this.#queue === undefined) this.#response.reject(error)
    else this.#queue.fail(error)
    this.#close()
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
