import type { Duplex } from 'node:stream'
import { type Dispatcher, errors } from 'undici'
import { ResponseBody } from './response-body.ts'
import { responseHead } from './response-head.ts'
import type { Upload } from './upload.ts'
import { clientLeft } from './upstream-error.ts'

/** The request of an exchange. */
export interface ExchangeContext {
  readonly method: string
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal
  readonly upload: Upload | undefined
  /** The name of this proxy in the `Via` of the response. */
  readonly via: string | undefined
  /** How long interim responses may delay the head of the response, in milliseconds; 0 for no limit. */
  readonly headersTimeout: number
  /** Returns the response if the upstream server accepts the handshake of a WebSocket; it then owns the connection. */
  readonly onUpgrade?: ((socket: Duplex, raw: readonly Buffer[]) => Response) | undefined
  /** Called once at the end of the exchange. */
  readonly onEnd: () => void
}

/** One request to the upstream server and its response. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects if the upstream server fails before the head of its response. */
  readonly response: Promise<Response>
  /** Whether any part of a response has arrived. */
  hasBegun = false
  readonly #context: ExchangeContext
  readonly #resolvers = Promise.withResolvers<Response>()
  #controller: Dispatcher.DispatchController | undefined
  #body: ResponseBody | undefined
  #isOver = false
  #interimTimer: NodeJS.Timeout | undefined

  constructor(context: ExchangeContext) {
    this.#context = context
    this.response = this.#resolvers.promise
    context.signal.addEventListener('abort', this.#onAbort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // The client may have left while the connection was being opened.
    if (this.#isOver) controller.abort(new Error('The response is not needed'))
  }

  onResponseStarted(): void {
    this.hasBegun = true
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    reason = '',
  ): void {
    const { method, via, headersTimeout } = this.#context
    if (status < 200) {
      // Interim responses, such as 103, are for this connection only. undici waits longer after each of them.
      if (headersTimeout > 0) {
        const tooLate = () => controller.abort(new errors.HeadersTimeoutError())
        this.#interimTimer ??= setTimeout(tooLate, headersTimeout)
      }
      return
    }
    clearTimeout(this.#interimTimer)
    const raw = controller.rawHeaders as Buffer[]
    const { hasBody, ...init } = responseHead(method, status, reason, raw, via)
    const body = hasBody ? new ResponseBody(controller) : undefined
    const response = new Response(body?.stream ?? null, init)
    this.#body = body
    this.#resolvers.resolve(response)
    // A 205 has no body, but undici would read one.
    if (status === 205) controller.abort(new Error('A response of status 205 has no body'))
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    _status: number,
    _headers: unknown,
    socket: Duplex,
  ): void {
    // undici has removed its own listener.
    socket.on('error', () => {})
    try {
      if (this.#isOver) throw new Error('The response is not needed')
      this.#resolvers.resolve(this.#context.onUpgrade!(socket, controller.rawHeaders as Buffer[]))
    } catch (error) {
      socket.destroy()
      this.#resolvers.reject(error)
    }
    this.#finish()
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#body?.end()
    this.#finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(error)
  }

  /** Ends the exchange, which cuts the response off if it has begun. */
  fail(error: unknown): void {
    if (this.#isOver) return
    this.#resolvers.reject(error)
    // A gateway whose client has left cancels the body, which must not have failed by then.
    if (this.#context.signal.aborted) setImmediate(() => this.#body?.fail(error))
    else this.#body?.fail(error)
    this.#finish()
  }

  readonly #onAbort = (): void => {
    const error = clientLeft(this.#context.signal)
    if (this.#controller === undefined) this.fail(error)
    else this.#controller.abort(error)
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#interimTimer)
    const { signal, upload, onEnd } = this.#context
    signal.removeEventListener('abort', this.#onAbort)
    upload?.cancel()
    onEnd()
  }
}
