import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Environ, Gateway, HttpError } from '@tsgi/core'
import {
  BaseExchange,
  createEnviron,
  lightHeaders,
  parseTarget,
  type ResponsePlan,
  type ResponseWriter,
  specVersion,
} from '@tsgi/core/gateway'
import { peerOf } from '../proxies/peer.ts'
import { RequestBody } from './request-body.ts'
import { plainFields } from './request-fields.ts'
import { type Framing, locate } from './request-head.ts'
import type { Settings } from './settings.ts'
import { version } from './version.ts'

/** A request as it arrives, with the data that HTTP/1.1 and HTTP/2 provide differently. */
export interface Arrival {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** The connection. With HTTP/2, it carries many requests. */
  readonly socket: Socket
  readonly framing: Framing
  readonly hasBody: boolean
  readonly expectsContinue: boolean
}

/** A request to a Node server and its environ. */
export abstract class NodeExchange extends BaseExchange implements ResponseWriter {
  incoming: IncomingMessage
  outgoing: ServerResponse
  readonly settings: Settings
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly remoteAddress: string
  readonly environ: Environ
  protected override readonly isForwarded: boolean
  /** Whether the rest of the request can never arrive. */
  isBroken = false
  /** Called when the rest of the request can never arrive. */
  onBroken: (() => void) | undefined
  protected readonly hasBody: boolean
  /** The length of the body according to `Content-Length`. */
  protected readonly declared: number | undefined
  /** Whether the client waits for `100 Continue` before it sends the body. */
  #awaitsContinue: boolean
  #body: RequestBody | undefined
  #gateway: Gateway | undefined

  /** @throws HttpError if the request must be rejected before it reaches the application. */
  constructor(arrival: Arrival, settings: Settings) {
    super()
    const { incoming, outgoing, socket, framing } = arrival
    this.incoming = incoming
    this.outgoing = outgoing
    this.settings = settings
    this.hasBody = arrival.hasBody
    this.declared = framing.length
    this.#awaitsContinue = arrival.expectsContinue && arrival.hasBody
    const peer = peerOf(socket)
    const transport = 'encrypted' in socket ? 'https' : 'http'
    const view = settings.resolveClient?.(incoming.headers, peer, transport)
    this.remoteAddress = view?.remoteAddress ?? peer
    this.scheme = view?.scheme ?? transport
    this.isForwarded = view?.isForwarded === true
    const location = locate(incoming, framing.host, this.scheme, settings.rootPath, view)
    this.host = location.host
    this.environ = createEnviron(this, location)
  }

  /** The stream that the request's body is read from. */
  protected abstract readonly source: IncomingMessage | ServerHttp2Stream
  /** Ends the exchange because its connection has ended. */
  abstract disconnect(): void
  abstract writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void
  abstract writeHead(plan: ResponsePlan, isAlone: boolean): void
  abstract writeEnd(): void
  abstract stalled(isStalled: boolean): void
  abstract cutOff(): void
  protected abstract readonly gatewayName: string

  get outlet(): ServerResponse {
    return this.outgoing
  }

  override get target(): string {
    return this.incoming.url ?? ''
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) {
      const { incoming, outgoing, gatewayName: name } = this
      const { multiprocess, stopping } = this.settings
      const native = { incoming, outgoing }
      const webSockets = this.protocol === 'HTTP/1.1' && this.settings.webSockets
      this.#gateway = {
        name,
        version,
        specVersion,
        multiprocess,
        stopping: stopping.signal,
        webSockets,
        native,
      }
    }
    return this.#gateway
  }

  /** Lets go of the request and the response of Node, but keeps the environ complete except for `gateway.native`. */
  protected release(incoming: IncomingMessage, outgoing: ServerResponse): void {
    void this.headers
    Object.assign(this.gateway, { native: undefined })
    this.incoming = incoming
    this.outgoing = outgoing
  }

  protected makeHeaders(): Headers {
    const headers = lightHeaders(plainFields(this.incoming))
    const { method = '', url = '', httpVersionMajor } = this.incoming
    if (httpVersionMajor > 1 || url.startsWith('/')) return headers
    // The authority of an absolute target replaces the Host field (RFC 9112 §3.2.2).
    const { absolute } = parseTarget(method, url)
    if (absolute !== undefined) headers.set('host', absolute.authority)
    return headers
  }

  protected openBody(): ReadableStream<Uint8Array> | null {
    return this.hasBody ? this.#requestBody().stream : null
  }

  protected override takeBody(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined {
    return this.hasBody ? this.#requestBody().read(limit) : undefined
  }

  /** Whether some of the request's body has not been read from the socket. */
  get hasRest(): boolean {
    return this.hasBody && !this.source.readableEnded && !this.#awaitsContinue
  }

  /** Whether the client still waits for `100 Continue` before it sends the body. */
  get awaitsContinue(): boolean {
    return this.#awaitsContinue
  }

  /** Whether the application is reading the request's body. */
  get isReading(): boolean {
    return this.#body?.reading ?? false
  }

  /** Records that the rest of the request can never arrive. */
  breakOff(error: HttpError): void {
    this.isBroken = true
    this.stopReading(error)
    this.onBroken?.()
  }

  /** Makes reading the rest of the body fail with `error`. */
  stopReading(error: HttpError): void {
    if (this.hasBody) this.#requestBody().fail(error)
  }

  #requestBody(): RequestBody {
    this.#body ??= new RequestBody({
      source: this.source,
      limit: this.settings.limits.maxBodySize,
      declared: this.declared,
      onFirstRead: () => {
        if (!this.#awaitsContinue || this.outgoing.headersSent) return
        this.#awaitsContinue = false
        this.outgoing.writeContinue()
      },
    })
    return this.#body
  }

  override get isClosed(): boolean {
    // 'close' follows. Writes before that cause errors.
    return this.outgoing.destroyed || super.isClosed
  }

  override close(isWhole: boolean): void {
    super.close(isWhole)
    if (this.settings.drain.isBegun) this.settings.onResponseClosed()
  }
}

/** Whether the head of a response has bytes outside ASCII. */
export function isWide({ reason, fields }: ResponsePlan): boolean {
  return WIDE.test(reason) || fields.some((text) => WIDE.test(text))
}

const WIDE = /[\x80-\xff]/
