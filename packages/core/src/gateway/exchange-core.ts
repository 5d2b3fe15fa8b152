import type { Environ, Finished, Gateway } from '../contract/environ.ts'
import { requestLog } from './error-log.ts'
import type { BaseSettings } from './exchange-settings.ts'
import type { Exchange } from './gateway-environ.ts'
import { newRequestId, type ObservedExchange, type Observer, tell } from './observer.ts'
import { addTask, reported } from './stopping/graceful-close.ts'

/** The progress of a response: waiting for the application, partly written, sent as a whole, or cut off. */
export type ExchangeState = 'waiting' | 'sending' | 'sent' | 'cut'

/** The part of an exchange that gateways and fetch handlers share: the state of the response, and the calls to observers. */
export abstract class ExchangeCore implements Exchange, ObservedExchange {
  abstract readonly scheme: Environ['scheme']
  abstract readonly host: string
  abstract readonly protocol: string
  abstract readonly remoteAddress: string
  abstract readonly gateway: Gateway
  abstract readonly settings: BaseSettings
  abstract readonly environ: Environ
  abstract readonly request: Request
  /** The status of the response; 0 before there is one. */
  status = 0
  /** Bytes of the response body that were passed to the transport. */
  bytes = 0
  /** Why the response was cut off, if known. */
  failure: unknown
  /** Whether the request was rejected because the process is overloaded. */
  isShed = false
  route: string | undefined
  wrapBody: Exchange['wrapBody']
  /** Writes a streamed body. Cancelled when the client disconnects. */
  pump: { cancel(reason: unknown): void } | undefined
  /** The log that receives the problems of this request instead of the gateway's. */
  errorLog: Environ['errors'] | undefined
  /** Whether a trusted proxy has forwarded the request, so that its `X-Request-Id` is kept. */
  protected readonly isForwarded: boolean = false
  /** The request as the application sees it, if it has been created. */
  protected ownRequest: Request | undefined
  /** Whether the body was read without a `Request`. */
  protected isBodyRead = false
  #state: ExchangeState = 'waiting'
  readonly #startedAt = performance.now()
  #end: Finished | undefined
  #finished: PromiseWithResolvers<Finished> | undefined
  #headers: Headers | undefined
  #requestId: string | undefined
  #waitUntil: Environ['waitUntil'] | undefined
  #controller: AbortController | undefined
  #abortReason: unknown

  /** Creates the header fields of the request. */
  protected abstract makeHeaders(): Headers

  get state(): ExchangeState {
    return this.#state
  }
  /** Whether nothing more can be written, because the response has ended or the client has disconnected. */
  get isClosed(): boolean {
    return this.#state === 'sent' || this.#state === 'cut'
  }
  get method(): string {
    return this.environ.method
  }
  get target(): string {
    const { scriptName, pathInfo, queryString } = this.environ
    return `${scriptName}${pathInfo}${queryString === '' ? '' : `?${queryString}`}`
  }

  get headers(): Headers {
    if (this.#headers === undefined) {
      this.#headers = this.makeHeaders()
      if (this.settings.hasRequestIds) this.#headers.set('x-request-id', this.identify())
    }
    return this.#headers
  }

  get requestId(): string | undefined {
    return this.settings.hasRequestIds ? this.identify() : this.#requestId
  }

  identify(id?: string): string {
    this.#requestId = id ?? this.#requestId ?? newRequestId(this.isForwarded ? this.headers : undefined)
    return this.#requestId
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason)
    }
    return this.#controller.signal
  }

  /** Whether anything waits for the end of the response. */
  protected get isEndAwaited(): boolean {
    return this.#finished !== undefined || this.settings.observers.length > 0
  }

  get finished(): Promise<Finished> {
    this.#finished ??= Promise.withResolvers()
    if (this.#end) this.#finished.resolve(this.#end)
    return this.#finished.promise
  }

  get waitUntil(): Environ['waitUntil'] {
    this.#waitUntil ??= (promise) => this.keep(reported(promise, this.errors))
    return this.#waitUntil
  }

  /** Keeps the gateway from stopping until a task, which never rejects, has settled. */
  keep(task: Promise<unknown>): void {
    addTask(this.settings.tasks, task)
  }

  get errors(): Environ['errors'] {
    // Once there is a response, the route is known.
    return requestLog(this.errorLog ?? this.settings.errors, this.environ, this.requestId, this.status !== 0)
  }

  /** Tells observers that the request has begun. */
  begin(): void {
    this.#tell((observer) => observer.began?.(this))
  }

  /** Aborts the request because the application takes too long. The gateway responds instead. */
  giveUp(reason: unknown): void {
    this.failure = reason
    this.abort(reason)
    this.#tell((observer) => observer.timedOut?.(this))
  }

  /** Records that the head was written. */
  startSending(): void {
    if (this.#state === 'waiting') this.#state = 'sending'
  }

  /** Records that the response or the connection has ended. Only the first call counts. */
  close(isWhole: boolean): void {
    if (this.#state === 'sent' || this.#state === 'cut') return
    this.#state = isWhole ? 'sent' : 'cut'
    const { bytes, failure } = this
    const end: Finished = { bytes, duration: performance.now() - this.#startedAt, aborted: !isWhole }
    if (!isWhole && failure !== undefined) Object.assign(end, { error: failure })
    this.#end = end
    this.#finished?.resolve(end)
    this.#tell((observer) => observer[this.isShed ? 'rejected' : 'ended']?.(this, end))
    if (isWhole) return
    this.abort(failure ?? new DOMException('The client left before the response ended', 'AbortError'))
    this.pump?.cancel(this.#abortReason)
  }

  /** Aborts `signal`. Only the first reason counts. */
  abort(reason: unknown): void {
    this.#abortReason ??= reason
    this.#controller?.abort(reason)
  }

  #tell(call: (observer: Observer) => unknown): void {
    if (this.settings.observers.length > 0) tell(this.settings.observers, this.errors, call)
  }
}
