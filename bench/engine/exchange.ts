import { type Application, type Environ, type Gateway, HttpError } from '@tsgi/core'
import {
  createEnviron,
  type ExchangeSettings,
  handleRequest,
  normalizeAuthority,
  parseTarget,
  specVersion,
} from '@tsgi/core/gateway'
import type { Connection } from './connection.ts'
import { RequestBody } from './request-body.ts'
import { CHUNKED, type RequestHead } from './request-head.ts'
import type { Transport } from './transport.ts'
import type { OpenTurn, Turn } from './turn.ts'
import { EngineResponse } from './write-response.ts'

/** Answers the requests of connections with an application. */
export function applicationTurns(app: Application, settings: ExchangeSettings): OpenTurn {
  return (connection, head) => new EngineExchange(app, connection, head, settings)
}

/**
 * One request, and the environ over it.
 *
 * @throws HttpError where the request is to be refused before any application sees it.
 */
export class EngineExchange extends EngineResponse implements Turn {
  readonly connection: Connection
  readonly head: RequestHead
  readonly settings: ExchangeSettings
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly environ: Environ
  readonly #app: Application
  #awaitsContinue: boolean
  #body: RequestBody | undefined
  #gateway: Gateway | undefined

  constructor(app: Application, connection: Connection, head: RequestHead, settings: ExchangeSettings) {
    super()
    this.#app = app
    this.connection = connection
    this.head = head
    this.settings = settings
    this.#awaitsContinue = head.awaitsContinue
    this.scheme = 'encrypted' in connection.socket ? 'https' : 'http'
    const { method } = head
    const { path, query, absolute } = parseTarget(method, head.target)
    if (absolute !== undefined && absolute.scheme !== this.scheme)
      throw new HttpError(421, 'This is not the server of that URL.')
    const own = normalizeAuthority(this.scheme, head.host ?? localAuthority(connection.socket))
    if (own === undefined) throw new HttpError(400, 'The Host field is malformed.')
    const host = absolute === undefined ? own : normalizeAuthority(this.scheme, absolute.authority)
    if (host === undefined) throw new HttpError(400, 'The authority of the request target is malformed.')
    this.host = host
    this.environ = createEnviron(this, { method, pathInfo: path, queryString: query })
  }

  start(): void {
    handleRequest(this.#app, this)
  }

  data(bytes: Buffer): void {
    this.#body!.push(bytes)
  }

  end(): void {
    this.#body!.end()
  }

  broken(error: HttpError): void {
    this.#requestBody().fail(error)
  }

  over(isWhole: boolean): void {
    if (!isWhole && this.#body !== undefined) this.#body.fail(new HttpError(400, 'The request was cut off.'))
    this.close(isWhole)
  }

  /** Says that all of the response was written. */
  protected finish(isLast: boolean): void {
    if (this.#body?.isOver === false)
      this.#body.fail(new HttpError(400, 'The response ended before the request was read.'))
    this.connection.finish(isLast)
  }

  /** Whether no request can follow on the connection, as it is known when the response begins. */
  get isLast(): boolean {
    const { connection, head } = this
    if (!head.keepAlive || connection.settings.isClosing || connection.isBroken) return true
    if (!connection.hasRest) return false
    // A client that was not told to go on may never send its body.
    if (this.#awaitsContinue) return true
    if (this.#body?.isReading === true) return false
    return head.bodyLength === CHUNKED || head.bodyLength > SHORT_REST
  }

  get protocol(): string {
    return `HTTP/1.${this.head.minorVersion}`
  }

  get remoteAddress(): string {
    return this.connection.socket.remoteAddress ?? ''
  }

  get gateway(): Gateway {
    const { socket } = this.connection
    this.#gateway ??= {
      name: 'node:net',
      version: '0',
      specVersion,
      multiprocess: false,
      stopping: this.settings.stopping.signal,
      native: { socket },
    }
    return this.#gateway
  }

  protected makeHeaders(): Headers {
    return new Headers(this.head.fields())
  }

  protected openBody(): ReadableStream<Uint8Array> | null {
    return this.head.bodyLength === 0 ? null : this.#requestBody().stream
  }

  protected override takeBody(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined {
    return this.head.bodyLength === 0 ? undefined : this.#requestBody().read(limit)
  }

  #requestBody(): RequestBody {
    this.#body ??= new RequestBody(
      this.connection,
      this.head,
      this.connection.settings.limits.maxBodySize,
      () => {
        if (!this.#awaitsContinue || this.state !== 'waiting') return
        this.#awaitsContinue = false
        this.connection.output.latin1('HTTP/1.1 100 Continue\r\n\r\n')
      },
    )
    return this.#body
  }
}

/** Where HTTP/1.0 does not say whom it asks. */
function localAuthority({ localAddress, localPort }: Transport): string {
  if (localAddress === undefined) return 'localhost'
  return localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`
}

/** Bytes of a request body that are read and thrown away, so that its connection can be used again. */
const SHORT_REST = 64 * 1024
