import type { Environ } from '@tsgi/core'
import { isNullBodyStatus } from '@tsgi/core/gateway'
import { describe } from '@tsgi/core/options'
import type { StartResponse, WsgiApplication, WsgiEnviron, WsgiErrors } from '../contract/types.ts'
import { type OpenBlocks, openBlocks } from './blocks.ts'
import { BodyChannel } from './body-channel.ts'
import { toWsgiEnviron } from './environ.ts'
import { type ResponseHead, readHead } from './response-head.ts'

/** Calls a WSGI application and turns its blocks into a response: the server side of PEP 3333. */
export class WsgiRun {
  readonly response: Promise<Response>
  readonly #environ: Environ
  readonly #wsgiEnviron: WsgiEnviron
  readonly #errors: WsgiErrors
  readonly #responded = Promise.withResolvers<Response>()
  #started = false
  #head: ResponseHead | undefined
  /** Receives the blocks; undefined until the head is sent. */
  #channel: BodyChannel | undefined
  #blocks: OpenBlocks | undefined
  /** Whether it is too late to call `write`. */
  #returned = false
  /** The number of bytes sent so far. */
  #bytes = 0
  #writes: Promise<void> = Promise.resolve()

  constructor(app: WsgiApplication, environ: Environ) {
    this.#environ = environ
    this.#wsgiEnviron = toWsgiEnviron(environ)
    // Before the application can replace it.
    this.#errors = this.#wsgiEnviron['wsgi.errors']
    this.response = this.#responded.promise
    // Only the error of a failing error log gets here.
    this.#run(app).catch((error: unknown) => console.error(error))
  }

  async #run(app: WsgiApplication): Promise<void> {
    try {
      await this.#produce(app)
    } catch (error) {
      this.#fail(error)
    } finally {
      await this.#close()
      this.#errors.flush()
    }
  }

  async #produce(app: WsgiApplication): Promise<void> {
    const result = await app(this.#wsgiEnviron, this.#startResponse)
    this.#returned = true
    this.#blocks = openBlocks(result)
    await this.#writes
    const isSingle = Array.isArray(result) && result.length === 1 && this.#channel === undefined
    for (;;) {
      // Back-pressure: request a block when the client is ready for it. The first one comes with the head.
      await this.#channel?.demand
      if (this.#channel?.cancelled) return
      const { done, value } = await this.#blocks.next()
      if (done) break
      if (value.byteLength === 0) continue
      if (isSingle) return this.#sendWhole(value)
      const room = this.#room()
      await this.#send(value.subarray(0, room))
      if (value.byteLength >= room) break
    }
    this.#end()
  }

  readonly #startResponse: StartResponse = (status, headers, excInfo) => {
    const isError = excInfo !== undefined && excInfo !== null
    if (isError && this.#channel !== undefined) throw excInfo
    if (!isError && this.#started) {
      throw new Error('startResponse was called a second time without excInfo')
    }
    // Even if the arguments are invalid, the next call needs excInfo.
    this.#started = true
    this.#head = undefined
    this.#head = readHead(status, headers)
    return this.#write
  }

  readonly #write = (block: Uint8Array): Promise<void> => {
    if (!(block instanceof Uint8Array))
      throw new TypeError(`write must be called with bytes, got ${describe(block)}`)
    if (this.#returned) throw new Error('write was called after the application had returned its iterable')
    if (block.byteLength > this.#room())
      throw new Error('write was called with more bytes than Content-Length allows')
    if (block.byteLength === 0) return this.#writes
    const channel = this.#open()
    this.#bytes += block.byteLength
    this.#writes = this.#writes.then(() => hand(block, channel))
    // The application does not have to await it.
    this.#writes.catch(() => {})
    return this.#writes
  }

  async #send(block: Uint8Array): Promise<void> {
    if (block.byteLength === 0) return
    this.#bytes += block.byteLength
    await hand(block, this.#open())
  }

  /** The number of bytes that `Content-Length` still allows. */
  #room(): number {
    return (this.#startedHead().declared ?? Number.POSITIVE_INFINITY) - this.#bytes
  }

  #startedHead(): ResponseHead {
    if (this.#head !== undefined) return this.#head
    throw new Error(
      this.#started
        ? 'startResponse rejected its arguments and was not called again'
        : 'startResponse was not called',
    )
  }

  /** Sends the head unless it has been sent. */
  #open(): BodyChannel {
    if (this.#channel !== undefined) return this.#channel
    const head = this.#startedHead()
    const channel = new BodyChannel(() => this.#close())
    // It throws if the status does not allow a body. The head then counts as not sent.
    const response = toResponse(head, channel.stream)
    this.#channel = channel
    this.#responded.resolve(response)
    return channel
  }

  /** Sends a body of a single block, with a `Content-Length`. */
  #sendWhole(block: Uint8Array): void {
    const head = this.#startedHead()
    const body = block.subarray(0, this.#room())
    this.#bytes = body.byteLength
    this.#checkLength(head)
    if (head.declared === undefined) head.headers.set('content-length', String(body.byteLength))
    this.#responded.resolve(toResponse(head, body))
  }

  #end(): void {
    const head = this.#startedHead()
    this.#checkLength(head)
    if (this.#channel === undefined) this.#responded.resolve(toResponse(head, null))
    else this.#channel.close()
  }

  #checkLength({ declared, status }: ResponseHead): void {
    if (declared === undefined || this.#bytes === declared) return
    const isBodiless = this.#environ.method === 'HEAD' || isNullBodyStatus(status)
    if (isBodiless && this.#bytes === 0) return
    throw new Error(`The application's Content-Length is ${declared}, but its body has ${this.#bytes} bytes`)
  }

  #fail(error: unknown): void {
    if (this.#channel === undefined) this.#responded.reject(error)
    else this.#channel.fail(error)
  }

  async #close(): Promise<void> {
    try {
      await this.#blocks?.close()
    } catch (error) {
      this.#environ.errors.write(new Error('Closing the body of a response failed', { cause: error }))
    }
  }
}

async function hand(block: Uint8Array, channel: BodyChannel): Promise<void> {
  await channel.demand
  channel.put(block)
}

function toResponse(head: ResponseHead, body: ReadableStream<Uint8Array> | Uint8Array | null): Response {
  const { status, reason: statusText, headers } = head
  if (isNullBodyStatus(status)) {
    if (body !== null)
      throw new Error(`A response of status ${status} cannot have a body, but the application sent one`)
    headers.delete('content-type')
    if (status === 204) headers.delete('content-length')
  } else if (body !== null && !headers.has('content-type')) {
    // The type that a recipient may assume (RFC 9110 §8.3).
    headers.set('content-type', 'application/octet-stream')
  }
  return new Response(body as BodyInit | null, { status, statusText, headers })
}
