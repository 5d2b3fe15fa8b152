import type { Socket } from 'node:net'
import type { Application, Environ, Gateway, HttpError } from '@tsgi/core'
import { createEnviron, handleRequest, lightHeaders, parseTarget, specVersion } from '@tsgi/core/gateway'
import type { Turn, TurnConnection } from '../connection/turn.ts'
import type { RequestHead } from '../parse/request-head.ts'
import type { RequestOrigin } from './origin.ts'
import { RequestBody } from './request-body.ts'
import { Http1ResponseWriter } from './response-writer.ts'
import type { Http1Settings } from './settings.ts'
import { version } from './version.ts'

/** `environ.gateway.native` of this gateway. */
export interface Http1Native {
  /** The connection. */
  readonly socket: Socket
  /** The request as received. */
  readonly head: RequestHead
}

/** A request and its environ, and how its response is written. */
export class Http1Exchange extends Http1ResponseWriter implements Turn {
  connection: TurnConnection
  readonly head: RequestHead
  override readonly settings: Http1Settings
  readonly environ: Environ
  protected override readonly isForwarded: boolean
  readonly #app: Application
  readonly #origin: RequestOrigin
  #gateway: Gateway | undefined

  /** @throws HttpError if the request must be rejected before it reaches the application. */
  constructor(app: Application, connection: TurnConnection, head: RequestHead, settings: Http1Settings) {
    super()
    this.#app = app
    this.connection = connection
    this.head = head
    this.settings = settings
    this.awaitsContinue = head.expectsContinue && head.bodyLength !== 0
    const origin = settings.origin.originOf(head, connection.socket)
    this.#origin = origin
    this.isForwarded = origin.isForwarded
    const { scriptName, pathInfo, queryString } = origin
    this.environ = createEnviron(this, { method: head.method, scriptName, pathInfo, queryString })
  }

  start(): void {
    handleRequest(this.#app, this)
  }

  receive(bytes: Uint8Array<ArrayBuffer>): void {
    this.#requestBody().receive(bytes)
  }

  receiveEnd(): void {
    this.body?.end()
  }

  breakOff(error: HttpError): void {
    this.#requestBody().fail(error)
  }

  get allowsInterim(): boolean {
    return this.head.minorVersion === 1 && this.state === 'waiting'
  }

  sendInterim(): void {
    this.connection.output.interim()
  }

  get scheme(): 'http' | 'https' {
    return this.#origin.scheme
  }

  get host(): string {
    return this.#origin.host
  }

  get remoteAddress(): string {
    return this.#origin.remoteAddress
  }

  get protocol(): string {
    return `HTTP/1.${this.head.minorVersion}`
  }

  override get target(): string {
    return this.head.target
  }

  get gateway(): Gateway {
    const { multiprocess, stopping, webSockets } = this.settings
    this.#gateway ??= {
      name: '@tsgi/http1',
      version,
      specVersion,
      multiprocess,
      stopping: stopping.signal,
      webSockets: webSockets && this.head.minorVersion === 1,
      native: { socket: this.connection.socket, head: this.head } satisfies Http1Native,
    }
    return this.#gateway
  }

  /** Lets go of the connection, but keeps the environ complete except for `gateway.native`. */
  protected release(connection: TurnConnection): void {
    Object.assign(this.gateway, { native: undefined })
    this.connection = connection
  }

  protected makeHeaders(): Headers {
    const { method, target, rawHeaders } = this.head
    const headers = lightHeaders(rawHeaders)
    if (target.startsWith('/')) return headers
    // The authority of an absolute target replaces the Host field (RFC 9112 §3.2.2).
    const { absolute } = parseTarget(method, target)
    if (absolute !== undefined) headers.set('host', absolute.authority)
    return headers
  }

  protected openBody(): ReadableStream<Uint8Array> | null {
    return this.head.bodyLength === 0 ? null : this.#requestBody().stream
  }

  protected override takeBody(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined {
    return this.head.bodyLength === 0 ? undefined : this.#requestBody().read(limit)
  }

  #requestBody(): RequestBody {
    this.body ??= new RequestBody({
      length: this.head.bodyLength,
      limit: this.settings.limits.maxBodySize,
      read: () => this.connection.read(),
      onFirstRead: () => {
        if (!this.awaitsContinue || this.state !== 'waiting') return
        this.awaitsContinue = false
        this.sendInterim()
      },
    })
    return this.body
  }
}
