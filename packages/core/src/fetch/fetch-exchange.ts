import { byteLength } from '../body/chunk.ts'
import { type End, endOf } from '../body/early-end.ts'
import { watch } from '../body/watch.ts'
import type { Environ, Finished, Gateway } from '../contract/environ.ts'
import type { Upgrade } from '../contract/upgrade.ts'
import { discardBody } from '../gateway/discard-body.ts'
import { ExchangeCore } from '../gateway/exchange-core.ts'
import type { BaseSettings } from '../gateway/exchange-settings.ts'
import { createEnviron } from '../gateway/gateway-environ.ts'
import { endEarly } from '../gateway/stopping/open-streams.ts'
import { normalizePath } from '../http/path.ts'
import { keepError } from '../response/error-of.ts'
import { errorResponse } from '../response/error-response.ts'
import { plainParts } from '../response/light/response-parts.ts'
import { rebuild } from '../response/rebuild.ts'
import { targetOf } from './target-of.ts'
import type { FetchHandshake, ReadHandshake } from './upgrade/fetch-upgrades.ts'

/** The information that a fetch handler has about a request, in addition to the request itself. */
export interface Surroundings {
  readonly gateway: Gateway
  readonly remoteAddress?: string | undefined
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** Reads the handshake of a WebSocket. Default: WebSockets cannot be accepted. */
  readonly readHandshake?: ReadHandshake | undefined
  /** Whether to cut the body off when the request's signal aborts. Runtimes do not do this themselves. */
  readonly cutsOff?: boolean
}

/**
 * A request that arrived as a WHATWG `Request`, and its environ.
 *
 * It makes no response plan: the runtime receives the application's response and frames it by its own rules.
 */
export class FetchExchange extends ExchangeCore {
  readonly settings: BaseSettings
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly protocol = 'HTTP/1.1'
  readonly remoteAddress: string
  readonly gateway: Gateway
  readonly environ: Environ
  /** Whether the request has an HTTP URL with a valid host. The application must not receive others. */
  readonly hasValidHost: boolean
  readonly #request: Request
  readonly #waitUntil: Surroundings['waitUntil']
  readonly #cutsOff: boolean
  #readHandshake: ReadHandshake | undefined
  #handshake: FetchHandshake | undefined
  #signal: AbortSignal | undefined
  /** The response, if it was returned before anything waited for its end. */
  #unwatched: Response | undefined

  constructor(
    request: Request,
    settings: BaseSettings,
    { gateway, remoteAddress, waitUntil, readHandshake, cutsOff = false }: Surroundings,
  ) {
    super()
    const target = targetOf(request)
    const url = target ?? new URL('http://localhost/')
    this.#request = request
    this.settings = settings
    this.scheme = url.protocol === 'https:' ? 'https' : 'http'
    this.host = url.host
    this.hasValidHost = target !== undefined
    this.#cutsOff = cutsOff
    this.#readHandshake = readHandshake
    this.remoteAddress = remoteAddress ?? ''
    this.gateway = gateway
    this.#waitUntil = waitUntil
    this.environ = createEnviron(this, {
      method: request.method,
      pathInfo: normalizePath(url.pathname),
      queryString: url.search.slice(1),
    })
  }

  get request(): Request {
    this.ownRequest ??= this.#withWrappedBody()
    return this.ownRequest
  }

  #withWrappedBody(): Request {
    // Reading `body` would create a stream.
    if (this.wrapBody === undefined || this.#request.body === null) return this.#request
    const { body, signal } = this.#request
    // The types of `RequestInit` lack `duplex`, which the standard requires for a stream.
    const init = { body: this.wrapBody(body), signal, duplex: 'half' } as RequestInit
    return new Request(this.#request, init)
  }

  get upgrade(): Upgrade | undefined {
    this.#handshake ??= this.#readHandshake?.(this.#request)
    this.#readHandshake = undefined
    return this.#handshake?.upgrade
  }

  protected makeHeaders(): Headers {
    const { headers } = this.#request
    // Adding the request's id to the request's own headers would change the request, and some runtimes do not allow it.
    return this.settings.hasRequestIds ? new Headers(headers) : headers
  }

  override get signal(): AbortSignal {
    // Deno can cancel the body of a response without aborting the signal of the request.
    this.#signal ??= AbortSignal.any([this.#request.signal, super.signal])
    return this.#signal
  }

  override keep(task: Promise<unknown>): void {
    this.#waitUntil?.(task)
  }

  override get finished(): Promise<Finished> {
    if (this.#unwatched !== undefined) {
      // The response has already been returned, so its body cannot be watched. Its length is known unless it is streamed.
      this.bytes = byteLength(plainParts(this.#unwatched)?.body ?? '')
      this.#unwatched = undefined
      this.close(true)
    }
    return super.finished
  }

  /** Returns the response to send: without a body for `HEAD`, with a watched body if anything waits for its end. */
  finish(response: Response): Response {
    try {
      return this.#finish(response)
    } catch (error) {
      // A proxy of a response, or one whose members throw.
      return this.#finish(errorResponse(error, this.environ))
    }
  }

  #finish(response: Response): Response {
    if (response.bodyUsed) throw new TypeError('The body of the response was already read')
    this.status = response.status
    this.startSending()
    const sent = this.#withRequestId(response)
    const upgraded = this.#handshake?.finish(sent)
    if (upgraded !== undefined) {
      this.status = 101
      this.close(true)
      return upgraded
    }
    if (this.method === 'HEAD') return this.#withoutBody(sent)
    const isStreamed = plainParts(sent) === undefined
    const mayEndEarly = isStreamed && sent.body !== null && endOf(sent.body) !== undefined
    const isCutOff = isStreamed && (this.#cutsOff || this.#signal !== undefined)
    if (!this.isEndAwaited && !isCutOff && !mayEndEarly) {
      this.#unwatched = sent
      return sent
    }
    const { body } = sent
    return body === null ? this.#withoutBody(sent) : this.#watched(sent, body)
  }

  #withRequestId(response: Response): Response {
    const { requestId } = this
    if (requestId === undefined || response.headers.has('x-request-id')) return response
    const headers = new Headers(response.headers)
    headers.set('x-request-id', requestId)
    return rebuild(response, response.body, headers)
  }

  #withoutBody(response: Response): Response {
    this.close(true)
    if (response.body === null) return response
    discardBody(this, response)
    return keepError(response, new Response(null, response))
  }

  #watched(response: Response, body: ReadableStream<Uint8Array>): Response {
    const watcher = {
      chunk: (length: number) => {
        this.bytes += length
      },
      end: () => this.close(true),
      cut: (error: unknown) => {
        this.failure = error
        this.close(false)
      },
    }
    const stream = watch(body, watcher, this.#cutsOff ? this.#request.signal : undefined)
    const end = endOf(body)
    if (end !== undefined) this.#endOnStop(end)
    return keepError(response, new Response(stream, response))
  }

  #endOnStop(end: End): void {
    const { streams, stopping } = this.settings
    const stream = { endEarly: () => endEarly(this, end) }
    streams.add(stream)
    this.finished.then(() => streams.delete(stream))
    if (stopping.signal.aborted) stream.endEarly()
  }
}
