import type { Environ, Finished, Gateway } from '../contract/environ.ts'
import type { ErrorLog } from '../contract/error-log.ts'
import { Completion } from './completion.ts'
import { requestLog } from './error-log.ts'
import type { Exchange } from './gateway-environ.ts'

/** What the requests of one gateway have in common. */
export interface ExchangeSettings {
  readonly errors: ErrorLog
  /** What `waitUntil` was given and has not settled: what a gateway that stops is to wait for. */
  readonly tasks: Set<Promise<unknown>>
  /** Aborted when the gateway starts to stop; its signal is `environ.gateway.stopping`. */
  readonly stopping: AbortController
}

/**
 * What the exchanges of all gateways over sockets do alike: what is made on first use, and what follows from how the
 * response ended. A gateway adds how its transport brings a request.
 *
 * @example
 * ```ts
 * import { consoleErrors, createEnviron, BaseExchange, specVersion } from '@tsgi/core/gateway'
 *
 * class LoopbackExchange extends BaseExchange {
 *   readonly scheme = 'http'
 *   readonly host = 'localhost'
 *   readonly protocol = 'HTTP/1.1'
 *   readonly remoteAddress = ''
 *   readonly settings = { errors: consoleErrors, tasks: new Set<Promise<unknown>>(), stopping: new AbortController() }
 *   readonly gateway = {
 *     name: 'loopback',
 *     version: '1',
 *     specVersion,
 *     multiprocess: false,
 *     stopping: this.settings.stopping.signal,
 *     native: null,
 *   }
 *   readonly environ = createEnviron(this, { method: 'GET', pathInfo: '/', queryString: 'a=1' })
 *   protected readonly wasSent = true
 *   protected makeHeaders = () => new Headers({ accept: 'text/html' })
 *   protected openBody = () => null
 * }
 *
 * const exchange = new LoopbackExchange()
 * exchange.environ.request.url // => 'http://localhost/?a=1'
 * exchange.bytes = 5
 * exchange.close()
 * const { bytes, aborted } = await exchange.environ.finished
 * bytes // => 5
 * aborted // => false
 * exchange.environ.signal.aborted // => false
 * ```
 */
export abstract class BaseExchange implements Exchange {
  abstract readonly scheme: Environ['scheme']
  abstract readonly host: string
  abstract readonly protocol: string
  abstract readonly remoteAddress: string
  abstract readonly gateway: Gateway
  abstract readonly settings: ExchangeSettings
  abstract readonly environ: Environ
  /** Bytes of the response body handed to the transport. */
  bytes = 0
  /** Whether the response ended, or the client left. */
  closed = false
  /** Whether the gateway answers in the application's place, which took too long. */
  givenUp = false
  /** What cut the response off, or why it was given up. */
  failure: unknown
  /** The pattern of the route that matched. */
  route: string | undefined
  /** Told when the client leaves before the response's end. */
  onGone: ((reason: unknown) => void) | undefined
  readonly #completion = new Completion()
  #headers: Headers | undefined
  #request: Request | undefined
  #controller: AbortController | undefined
  #wasCut = false
  /** Whether the body was read whole, past the request. */
  #wasRead = false

  /** Makes the request's header fields. */
  protected abstract makeHeaders(): Headers
  /** Opens the request's body; null where it has none. */
  protected abstract openBody(): ReadableStream<Uint8Array> | null
  /**
   * Reads the whole body without a stream, where the transport can and no stream of it was opened; undefined where
   * there is none. Rejects with an HttpError 413 as soon as it is known to be more than `limit` bytes.
   */
  protected takeBody?(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined
  /** Whether all of the response went out. Asked once, when the exchange is closed. */
  protected abstract readonly wasSent: boolean

  get headers(): Headers {
    this.#headers ??= this.makeHeaders()
    return this.#headers
  }

  get request(): Request {
    if (this.#request === undefined) {
      const { method, scriptName, pathInfo, queryString } = this.environ
      const query = queryString === '' ? '' : `?${queryString}`
      // The Fetch standard lets no GET or HEAD have a body; RFC 9110 §9.3.1 gives one no meaning.
      const body = method === 'GET' || method === 'HEAD' ? null : this.#wasRead ? '' : this.openBody()
      // Half-duplex is how the standard has streamed bodies, which the types of `RequestInit` do not know.
      const init = { method, headers: this.headers, body, signal: this.signal, duplex: 'half' } as RequestInit
      this.#request = new Request(`${this.scheme}://${this.host}${scriptName}${pathInfo}${query}`, init)
      // What was read is used, to whoever asks the request.
      if (this.#wasRead) void this.#request.arrayBuffer()
    }
    return this.#request
  }

  readBody(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined {
    if (this.#request !== undefined || this.#wasRead) return undefined
    const { method } = this.environ
    if (method === 'GET' || method === 'HEAD') return undefined
    const bytes = this.takeBody?.(limit)
    this.#wasRead = bytes !== undefined
    return bytes
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.givenUp || this.#wasCut) this.#controller.abort(this.#reason())
    }
    return this.#controller.signal
  }

  get finished(): Promise<Finished> {
    return this.#completion.promise
  }

  get waitUntil(): Environ['waitUntil'] {
    const { tasks } = this.settings
    return (promise) => {
      const task: Promise<unknown> = Promise.resolve(promise)
        .catch((error: unknown) => this.errors.write(error))
        .finally(() => tasks.delete(task))
      tasks.add(task)
    }
  }

  get errors(): ErrorLog {
    return requestLog(this.settings.errors, this.environ)
  }

  /** Aborts the request, to answer it without the application. */
  giveUp(reason: unknown): void {
    this.givenUp = true
    this.failure = reason
    this.#controller?.abort(reason)
  }

  /** Says that the response has ended, or that the connection has. Only the first call counts. */
  close(): void {
    if (this.closed) return
    this.closed = true
    const { bytes, failure } = this
    if (this.wasSent) {
      this.#completion.settle({ bytes, aborted: false })
      return
    }
    this.#wasCut = true
    this.#completion.settle(
      failure === undefined ? { bytes, aborted: true } : { bytes, aborted: true, error: failure },
    )
    const reason = this.#reason()
    this.#controller?.abort(reason)
    this.onGone?.(reason)
  }

  #reason(): unknown {
    return this.failure ?? new DOMException('The client left before the response ended', 'AbortError')
  }
}
