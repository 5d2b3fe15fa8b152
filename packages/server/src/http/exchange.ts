import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Environ, Gateway, HttpError } from '@tsgi/core'
import { BaseExchange, createEnviron, lightHeaders, specVersion } from '@tsgi/core/gateway'
import { identify } from '../observe/access-log.ts'
import { type Carrier, type Connection, connectionOf } from './connection.ts'
import { RequestBody } from './request-body.ts'
import { plainFields } from './request-fields.ts'
import { locate, readHead } from './request-head.ts'
import type { Settings } from './settings.ts'
import { peerOf, protocolOf, socketOf, streamOf } from './transport.ts'
import { version } from './version.ts'

/**
 * One request that came to a Node server, and the environ over it.
 *
 * @throws HttpError where the request is to be refused before any application sees it.
 */
export class NodeExchange extends BaseExchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** The request's own stream in HTTP/2, whose connection is no concern of one request. */
  readonly stream: ServerHttp2Stream | undefined
  readonly carrier: Carrier
  readonly connection: Connection
  readonly settings: Settings
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly remoteAddress: string
  readonly environ: Environ
  /** What the access log calls the request; undefined where there is none. */
  readonly requestId: string | undefined
  /** What was answered, once it was. */
  status = 0
  /** Whether the client waits to be told that it may send its body. */
  awaitsContinue: boolean
  /** Whether all of the response went out, though Node was not told of its end yet. */
  sent = false
  /** Whether the rest of the request can never come. */
  broken = false
  /** Told when the rest of the request can never come. */
  onBroken: (() => void) | undefined
  readonly #declared: number | undefined
  readonly #hasBody: boolean
  #body: RequestBody | undefined
  #gateway: Gateway | undefined

  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    settings: Settings,
    expectsContinue: boolean,
  ) {
    super()
    this.incoming = incoming
    this.outgoing = outgoing
    this.settings = settings
    this.awaitsContinue = expectsContinue
    const framing = readHead(incoming, settings.limits)
    this.#declared = framing.length
    const stream = streamOf(incoming)
    this.stream = stream
    this.#hasBody =
      stream === undefined
        ? framing.coding !== undefined || (framing.length ?? 0) > 0
        : !stream.endAfterHeaders

    const socket = socketOf(incoming)
    this.carrier = stream ?? socket
    const peer = peerOf(incoming)
    const transport = 'encrypted' in socket ? 'https' : 'http'
    const view = settings.resolveClient?.(incoming, peer, transport)
    this.remoteAddress = view?.remoteAddress ?? peer
    this.scheme = view?.scheme ?? transport
    const location = locate(incoming, framing.host, this.scheme, view?.host)
    this.host = location.host
    this.requestId = settings.accessLog && identify(incoming)
    this.environ = createEnviron(this, location)

    this.connection = connectionOf(this.carrier)
    this.connection.begin(this)
    outgoing.on('close', () => this.close())
    stream?.on('timeout', () => stream.close(constants.NGHTTP2_CANCEL))
    // Node waits for the request to be read if the client reset the stream with NO_ERROR.
    stream?.on('aborted', () => stream.destroy())
  }

  get protocol(): string {
    return protocolOf(this.incoming)
  }

  protected makeHeaders(): Headers {
    const headers = lightHeaders(plainFields(this.incoming))
    if (this.requestId !== undefined) headers.set('x-request-id', this.requestId)
    return headers
  }

  protected openBody(): ReadableStream<Uint8Array> | null {
    return this.#hasBody ? this.#requestBody().stream : null
  }

  protected override takeBody(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined {
    return this.#hasBody ? this.#requestBody().read(limit) : undefined
  }

  get gateway(): Gateway {
    const { incoming, outgoing } = this
    const { multiprocess, stopping } = this.settings
    const name = this.stream === undefined ? 'node:http' : 'node:http2'
    this.#gateway ??= {
      name,
      version,
      specVersion,
      multiprocess,
      stopping: stopping.signal,
      native: { incoming, outgoing },
    }
    return this.#gateway
  }

  /** Whether some of the request's body has not been taken from the socket. */
  get hasRest(): boolean {
    // A client that was not told to go on may never send its body: Node closes the connection.
    return this.#hasBody && !(this.stream ?? this.incoming).readableEnded && !this.awaitsContinue
  }

  /** Whether that is more than is worth reading only to use the connection again. */
  get hasLongRest(): boolean {
    // A stream of HTTP/2 ends alone.
    if (this.stream !== undefined || !this.hasRest || this.incoming.complete) return false
    return (this.#declared ?? Number.POSITIVE_INFINITY) > SHORT_REST
  }

  /** Whether the application reads the request's body still. */
  get isReading(): boolean {
    return this.#body?.reading ?? false
  }

  /** Says that the rest of the request can never come. */
  breakOff(error: HttpError): void {
    this.broken = true
    this.stopReading(error)
    this.onBroken?.()
  }

  /** Ends the application's reading of the request: what it has not read fails with `error`. */
  stopReading(error: HttpError): void {
    if (this.#hasBody) this.#requestBody().fail(error)
  }

  #requestBody(): RequestBody {
    this.#body ??= new RequestBody({
      source: this.stream ?? this.incoming,
      limit: this.settings.limits.maxBodySize,
      declared: this.#declared,
      onFirstRead: () => {
        if (!this.awaitsContinue || this.outgoing.headersSent) return
        this.awaitsContinue = false
        this.outgoing.writeContinue()
      },
    })
    return this.#body
  }

  override close(): void {
    if (this.closed) return
    super.close()
    const { observers, closing } = this.settings
    for (const observer of observers) observer.ended(this)
    if (closing) this.settings.onResponseClosed()
    this.connection.end(this)
  }

  protected get wasSent(): boolean {
    // Node takes a response from its socket when all of it is written; a socket that was closed keeps what it had.
    if (this.stream !== undefined) return this.stream.writableFinished && this.stream.rstCode === 0
    const { outgoing, incoming } = this
    if (this.sent) return true
    // Node 22 also takes it when the writing has failed.
    return outgoing.writableFinished && outgoing.socket === null && incoming.socket.errored === null
  }
}

/** Bytes of a request body that are read and thrown away, so that its connection can be used again. */
const SHORT_REST = 64 * 1024
