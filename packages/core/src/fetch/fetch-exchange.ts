import { BodySource } from '../body/body-source.ts'
import { watch } from '../body/watch.ts'
import type { Environ, Finished, Gateway } from '../contract/environ.ts'
import type { ErrorLog } from '../contract/error-log.ts'
import { Completion } from '../gateway/completion.ts'
import { consoleErrors, requestLog, safeLog } from '../gateway/error-log.ts'
import { createEnviron, type Exchange } from '../gateway/gateway-environ.ts'
import { isAuthority } from '../http/authority.ts'
import { normalizePath } from '../http/path.ts'
import { keepError } from '../response/error-of.ts'
import { errorResponse } from '../response/error-response.ts'
import { plainParts } from '../response/light/response-parts.ts'

/** What a fetch handler's surroundings say of a request beyond the request itself. */
export interface Surroundings {
  readonly gateway: Gateway
  readonly remoteAddress?: string | undefined
  readonly errors?: ErrorLog | undefined
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** Whether nobody else cuts the body off when the request's signal aborts, as a runtime does. */
  readonly cutsOff?: boolean
}

/** One request that came as a WHATWG `Request`, and the environ over it. */
export class FetchExchange implements Exchange {
  readonly request: Request
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly protocol = 'HTTP/1.1'
  readonly remoteAddress: string
  readonly gateway: Gateway
  readonly waitUntil: Environ['waitUntil']
  readonly completion: Completion = new Completion()
  readonly environ: Environ
  route: string | undefined
  /** Whether the request has the URL of an HTTP request with a host that is one; others are not to be answered. */
  readonly sound: boolean
  readonly #cutsOff: boolean
  #signal: AbortSignal | undefined
  /** Aborts when the body of the response is cut off. Undefined if nobody reads the signal. */
  #cut: AbortController | undefined
  readonly #log: ErrorLog
  /** The response that was handed over while nobody had asked how it would end. */
  #unwatched: Response | undefined

  constructor(
    request: Request,
    { gateway, remoteAddress, errors, waitUntil, cutsOff = false }: Surroundings,
  ) {
    const url = new URL(request.url)
    this.request = request
    this.scheme = url.protocol === 'https:' ? 'https' : 'http'
    this.host = url.host
    this.sound = /^https?:$/.test(url.protocol) && isAuthority(url.host)
    this.#cutsOff = cutsOff
    this.remoteAddress = remoteAddress ?? ''
    this.#log = safeLog(errors ?? consoleErrors)
    this.gateway = gateway
    this.waitUntil = (promise) => {
      const reported = Promise.resolve(promise).catch((error: unknown) => this.errors.write(error))
      waitUntil?.(reported)
    }
    this.environ = createEnviron(this, {
      method: request.method,
      pathInfo: normalizePath(url.pathname),
      queryString: url.search.slice(1),
    })
  }

  get errors(): ErrorLog {
    return requestLog(this.#log, this.environ)
  }

  get headers(): Headers {
    return this.request.headers
  }

  get signal(): AbortSignal {
    // Deno can cancel the body of a response without aborting the signal of the request.
    this.#cut ??= new AbortController()
    this.#signal ??= AbortSignal.any([this.request.signal, this.#cut.signal])
    return this.#signal
  }

  get finished(): Promise<Finished> {
    if (this.#unwatched) {
      // Too late to count what is on its way: what is known of it beforehand has to do.
      this.completion.settle({ bytes: plainLength(this.#unwatched), aborted: false })
      this.#unwatched = undefined
    }
    return this.completion.promise
  }

  /** The response as it is to be sent: no body to `HEAD`, and watched to its end where someone waits for it. */
  finish(response: Response): Response {
    if (this.request.method === 'HEAD') return this.#withoutBody(response)
    const streams = (this.#cutsOff || this.#cut !== undefined) && plainParts(response) === undefined
    if (!this.completion.wanted && !streams) {
      this.#unwatched = response
      return response
    }
    if (response.body === null) return this.#withoutBody(response)
    try {
      return this.#watched(response, response.body)
    } catch (error) {
      // A body that was read, or is locked.
      return this.finish(errorResponse(error, this.environ))
    }
  }

  #withoutBody(response: Response): Response {
    this.completion.settle({ bytes: 0, aborted: false })
    if (response.body === null) return response
    response.body.cancel().catch((error: unknown) => this.errors.write(error))
    return keepError(response, new Response(null, response))
  }

  #watched(response: Response, stream: ReadableStream<Uint8Array>): Response {
    const { completion } = this
    let bytes = 0
    const watcher = {
      chunk(length: number) {
        bytes += length
      },
      end: () => completion.settle({ bytes, aborted: false }),
      cut: (error: unknown) => {
        completion.settle({ bytes, aborted: true, error })
        this.#cut?.abort(error)
      },
    }
    const source = watch(BodySource.fromStream(stream), watcher)
    const body = source.toStream(this.#cutsOff ? this.request.signal : undefined)
    return keepError(response, new Response(body, response))
  }
}

function plainLength(response: Response): number {
  const body = plainParts(response)?.body ?? ''
  return typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength
}
