import type { Environ } from '@tsgi/core'
import { isNullBodyStatus } from '@tsgi/core/gateway'
import { show } from '../contract/fields.ts'
import type { StartResponse, WsgiApplication, WsgiEnviron, WsgiErrors } from '../contract/types.ts'
import { type OpenBlocks, openBlocks } from './blocks.ts'
import { BodyChannel } from './body-channel.ts'
import { toWsgiEnviron } from './environ.ts'
import { type ResponseHead, readHead } from './response-head.ts'

/** One call of a WSGI application, and the response that comes of it: the server's side of PEP 3333. */
export class WsgiRun {
  readonly response: Promise<Response>
  readonly #environ: Environ
  readonly #wsgiEnviron: WsgiEnviron
  readonly #errors: WsgiErrors
  readonly #answered = Promise.withResolvers<Response>()
  #started = false
  #head: ResponseHead | undefined
  /** Where blocks go; there is none before the head is sent. */
  #channel: BodyChannel | undefined
  #blocks: OpenBlocks | undefined
  /** Whether `write` may no more be called. */
  #returned = false
  /** Bytes of the body so far. */
  #bytes = 0
  #writes: Promise<void> = Promise.resolve()

  constructor(app: WsgiApplication, environ: Environ) {
    this.#environ = environ
    this.#wsgiEnviron = toWsgiEnviron(environ)
    // Now: the application may put another in its place.
    this.#errors = this.#wsgiEnviron['wsgi.errors']
    this.response = this.#answered.promise
    // Only a log that fails gets here: there is nobody else to tell.
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
      // No block is asked for before the client has room for it; the first one is waited for with the head.
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
    // Before the arguments are checked: after a refusal, too, only an error response may begin.
    this.#started = true
    this.#head = undefined
    this.#head = readHead(status, headers)
    return this.#write
  }

  readonly #write = (block: Uint8Array): Promise<void> => {
    if (!(block instanceof Uint8Array)) throw new TypeError(`write takes bytes, got ${show(block)}`)
    if (this.#returned) throw new Error('write was called after the application had returned its iterable')
    if (block.byteLength > this.#room()) throw new Error('write was given more than Content-Length allows')
    if (block.byteLength === 0) return this.#writes
    this.#bytes += block.byteLength
    const channel = this.#open()
    this.#writes = this.#writes.then(() => hand(block, channel))
    // Who does not wait learns of the client's leaving by nothing more being asked for.
    this.#writes.catch(() => {})
    return this.#writes
  }

  async #send(block: Uint8Array): Promise<void> {
    if (block.byteLength === 0) return
    this.#bytes += block.byteLength
    await hand(block, this.#open())
  }

  /** Bytes that `Content-Length` has left. */
  #room(): number {
    return (this.#sendable().declared ?? Number.POSITIVE_INFINITY) - this.#bytes
  }

  #sendable(): ResponseHead {
    if (this.#head !== undefined) return this.#head
    throw new Error(
      this.#started ? 'startResponse was refused, and not called again' : 'startResponse was not called',
    )
  }

  /** Sends the head, if it has not been sent. */
  #open(): BodyChannel {
    if (this.#channel !== undefined) return this.#channel
    const head = this.#sendable()
    this.#channel = new BodyChannel(() => this.#close())
    this.#answered.resolve(toResponse(head, this.#channel.stream))
    return this.#channel
  }

  /** A body of one block known to be the only one gets a `Content-Length`. */
  #sendWhole(block: Uint8Array): void {
    const head = this.#sendable()
    const body = block.subarray(0, this.#room())
    this.#bytes = body.byteLength
    this.#checkLength(head)
    if (head.declared === undefined) head.headers.set('content-length', String(body.byteLength))
    this.#answered.resolve(toResponse(head, body))
  }

  #end(): void {
    const head = this.#sendable()
    this.#checkLength(head)
    if (this.#channel === undefined) this.#answered.resolve(toResponse(head, null))
    else this.#channel.close()
  }

  #checkLength({ declared, status }: ResponseHead): void {
    if (declared === undefined || this.#bytes === declared) return
    const isBodiless = this.#environ.method === 'HEAD' || isNullBodyStatus(status)
    if (isBodiless && this.#bytes === 0) return
    throw new Error(`The application's Content-Length is ${declared}, but its body has ${this.#bytes} bytes`)
  }

  #fail(error: unknown): void {
    if (this.#channel === undefined) this.#answered.reject(error)
    else this.#channel.fail(error)
  }

  async #close(): Promise<void> {
    try {
      await this.#blocks?.close()
    } catch (error) {
      this.#environ.errors.write(new Error('The body of a response could not be closed', { cause: error }))
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
      throw new Error(`A response of status ${status} has no body, but the application sent one`)
    headers.delete('content-type')
    if (status === 204) headers.delete('content-length')
  } else if (body !== null && !headers.has('content-type')) {
    // RFC 9110 §8.3: what a recipient may take a body without a type for.
    headers.set('content-type', 'application/octet-stream')
  }
  return new Response(body as BodyInit | null, { status, statusText, headers })
}
