import type { Socket } from 'node:net'
import type { Environ, ErrorLog, Finished, Gateway } from '@tsgi/core'
import { Completion, createEnviron, type Exchange } from '@tsgi/core/gateway'
import { type CgiRequest, readRequest } from './cgi-request.ts'
import type { UwsgiLimits } from './limits.ts'
import type { Packet } from './packet.ts'
import { RequestBody } from './request-body.ts'
import { version } from './version.ts'

/** What all requests of one gateway have in common. */
export interface Settings {
  readonly errors: ErrorLog
  readonly limits: Required<UwsgiLimits>
  readonly multiprocess: boolean
  /** What `waitUntil` was given and has not settled. */
  readonly tasks: Set<Promise<unknown>>
}

/** What `environ.gateway.native` is with this gateway. */
export interface UwsgiNative {
  /** The connection to the front end. */
  readonly socket: Socket
  /**
   * The variables of the packet, a character for each byte; of one that came twice the last. So a front end passes
   * what no client can set, as `REMOTE_USER` or a certificate's subject: names that begin with `HTTP_` are the client's.
   */
  readonly variables: ReadonlyMap<string, string>
}

/**
 * One request that came in a packet, and the environ over it.
 *
 * @throws HttpError where the request is to be refused before any application sees it.
 */
export class UwsgiExchange implements Exchange {
  readonly socket: Socket
  readonly settings: Settings
  readonly body: RequestBody
  readonly environ: Environ
  /** Bytes of the response body handed to the transport. */
  bytes = 0
  /** Whether the response ended, or the client left. */
  closed = false
  /** Whether the gateway answers in the application's place, which took too long. */
  givenUp = false
  /** What cut the response off, or why it was given up. */
  failure: unknown
  /** Told when the client leaves before the response's end. */
  onGone: ((reason: unknown) => void) | undefined
  readonly #packet: Packet
  readonly #cgi: CgiRequest
  readonly #completion = new Completion()
  #ended = false
  #flushed = false
  #headers: Headers | undefined
  #request: Request | undefined
  #controller: AbortController | undefined
  #gateway: Gateway | undefined

  constructor(packet: Packet, socket: Socket, settings: Settings) {
    this.socket = socket
    this.settings = settings
    this.#packet = packet
    this.#cgi = readRequest(packet, settings.limits)
    this.body = new RequestBody({
      length: this.#cgi.contentLength,
      limit: settings.limits.maxBodySize,
      socket,
    })
    this.environ = createEnviron(this, this.#cgi)
  }

  get scheme(): 'http' | 'https' {
    return this.#cgi.scheme
  }

  get host(): string {
    return this.#cgi.host
  }

  get protocol(): string {
    return this.#cgi.protocol
  }

  get remoteAddress(): string {
    return this.#cgi.remoteAddress
  }

  get headers(): Headers {
    this.#headers ??= new Headers(this.#cgi.fields as [string, string][])
    return this.#headers
  }

  get request(): Request {
    if (this.#request === undefined) {
      const { method, scriptName, pathInfo, queryString } = this.environ
      const query = queryString === '' ? '' : `?${queryString}`
      // The Fetch standard lets no GET or HEAD have a body; RFC 9110 §9.3.1 gives one no meaning.
      const hasBody = this.#cgi.contentLength > 0 && method !== 'GET' && method !== 'HEAD'
      const body = hasBody ? this.body.stream : null
      // Half-duplex is how the standard has streamed bodies, which the types of `RequestInit` do not know.
      const init = { method, headers: this.headers, body, signal: this.signal, duplex: 'half' }
      this.#request = new Request(`${this.scheme}://${this.host}${scriptName}${pathInfo}${query}`, init)
    }
    return this.#request
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.givenUp || (this.closed && !this.#ended)) this.#controller.abort(this.#reason())
    }
    return this.#controller.signal
  }

  get finished(): Promise<Finished> {
    return this.#completion.promise
  }

  get waitUntil(): Environ['waitUntil'] {
    const { tasks, errors } = this.settings
    return (promise) => {
      const task: Promise<unknown> = Promise.resolve(promise)
        .catch((error: unknown) => errors.write(error))
        .finally(() => tasks.delete(task))
      tasks.add(task)
    }
  }

  get errors(): ErrorLog {
    return this.settings.errors
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) {
      const native = new Native(this.socket, this.#packet)
      this.#gateway = { name: 'uwsgi', version, multiprocess: this.settings.multiprocess, native }
    }
    return this.#gateway
  }

  /** Aborts the request, to answer it without the application. */
  giveUp(reason: unknown): void {
    this.givenUp = true
    this.failure = reason
    this.#controller?.abort(reason)
  }

  /** Says that all of the response was written: the connection is to end, once the request was read too. */
  finish(): void {
    const { socket, settings } = this
    if (socket.writableLength > 0) socket.setTimeout(settings.limits.sendTimeout)
    if (!this.body.complete) {
      socket.write('', (error) => {
        this.#flushed = !error
      })
    }
    // A router of uWSGI passes the end on to a client that is sending still, and so would lose the answer.
    this.body.drain(() => socket.end())
  }

  /** Says that the front end has gone, or has been sent all of the response. */
  close(): void {
    if (this.closed) return
    this.closed = true
    if (this.socket.writableFinished || this.#flushed) {
      this.#ended = true
      this.#completion.settle({ bytes: this.bytes, aborted: false })
      return
    }
    const { bytes, failure } = this
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

class Native implements UwsgiNative {
  readonly socket: Socket
  readonly #packet: Packet
  #variables: ReadonlyMap<string, string> | undefined

  constructor(socket: Socket, packet: Packet) {
    this.socket = socket
    this.#packet = packet
  }

  get variables(): ReadonlyMap<string, string> {
    this.#variables ??= variablesOf(this.#packet)
    return this.#variables
  }
}

/** All but what would mislead: a client's `HTTP_PROXY`, and the `PATH` of Apache's own process. */
function variablesOf({ variables }: Packet): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (let at = 0; at < variables.length; at += 2) map.set(variables[at]!, variables[at + 1]!)
  map.delete('HTTP_PROXY')
  map.delete('PATH')
  return map
}
