import type { Socket } from 'node:net'
import type { Environ, Gateway } from '@tsgi/core'
import {
  BaseExchange,
  createEnviron,
  type ExchangeSettings,
  headText,
  type ResponsePlan,
  type ResponseWriter,
  specVersion,
  unreadTimeout,
} from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import type { UwsgiPacket } from '../packet/packet.ts'
import { type CgiRequest, readRequest } from './cgi-request.ts'
import type { UwsgiLimits } from './limits.ts'
import { RequestBody } from './request-body.ts'
import { version } from './version.ts'

/** The settings that all requests of one gateway share. */
export interface Settings extends ExchangeSettings {
  readonly limits: Limits<UwsgiLimits>
  readonly multiprocess: boolean
}

/** `environ.gateway.native` of this gateway. */
export interface UwsgiNative {
  /** The connection to the front end. */
  readonly socket: Socket
  /**
   * The variables of the packet, one character per byte; the last value if one occurs twice. A front end uses them to
   * pass values that clients cannot set, such as `REMOTE_USER` or the subject of a certificate. Names that start with
   * `HTTP_` belong to the client.
   */
  readonly variables: ReadonlyMap<string, string>
}

/**
 * A request that arrived in a packet, and its environ.
 *
 * @throws HttpError if the request must be rejected before it reaches the application.
 */
export class UwsgiExchange extends BaseExchange implements ResponseWriter {
  readonly socket: Socket
  readonly settings: Settings
  readonly body: RequestBody
  readonly environ: Environ
  /** Clients can only reach the gateway through a front end. */
  protected override readonly isForwarded = true
  readonly #packet: UwsgiPacket
  readonly #cgi: CgiRequest
  #flushed = false
  /** Expires if the front end does not read the response. */
  #unread: NodeJS.Timeout | undefined
  #gateway: Gateway | undefined

  constructor(packet: UwsgiPacket, socket: Socket, settings: Settings) {
    super()
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

  protected makeHeaders(): Headers {
    return new Headers(this.#cgi.fields as [string, string][])
  }

  protected openBody(): ReadableStream<Uint8Array> | null {
    return this.#cgi.contentLength > 0 ? this.body.stream : null
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) {
      const native = new Native(this.socket, this.#packet)
      const { multiprocess, stopping } = this.settings
      this.#gateway = {
        name: 'uwsgi',
        version,
        specVersion,
        multiprocess,
        stopping: stopping.signal,
        native,
      }
    }
    return this.#gateway
  }

  get outlet(): Socket {
    return this.socket
  }

  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    const { socket } = this
    const head = headText(plan, CLOSE)
    socket.cork()
    socket.write(head, 'latin1')
    if (body !== null) socket.write(body)
    socket.uncork()
    this.writeEnd()
  }

  writeHead(plan: ResponsePlan): void {
    this.socket.write(headText(plan, CLOSE), 'latin1')
  }

  /** Closes the connection after the rest of the request has been discarded. */
  writeEnd(): void {
    const { socket } = this
    if (socket.writableLength > 0) this.stalled(true)
    if (!this.body.complete) {
      socket.write('', (error) => {
        this.#flushed = !error
      })
    }
    // uWSGI's router passes the end on to a client that is still sending, which would lose the response.
    this.body.discard(() => socket.end())
  }

  stalled(isStalled: boolean): void {
    const { socket } = this
    const { sendTimeout } = this.settings.limits
    clearTimeout(this.#unread)
    socket.setTimeout(isStalled ? sendTimeout : 0)
    if (!isStalled || sendTimeout === 0) return
    // Whatever the front end sends extends the socket's own timeout.
    this.#unread = setTimeout(() => socket.destroy(), unreadTimeout(sendTimeout, socket.writableLength))
  }

  /**
   * Closes the connection so that the front end sees that the response is incomplete. If no length was declared, only a
   * reset shows that, and Unix sockets have no resets.
   */
  cutOff(): void {
    if (this.socket.remoteFamily === undefined) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  /** Ends the exchange because its connection has ended. */
  disconnect(): void {
    this.stalled(false)
    this.body.cutOff()
    this.close(this.socket.writableFinished || this.#flushed)
  }
}

/** The connection always ends with the response. uWSGI's routers pass the field on to the client. */
const CLOSE = 'connection: close\r\n'

class Native implements UwsgiNative {
  readonly socket: Socket
  readonly #packet: UwsgiPacket
  #variables: ReadonlyMap<string, string> | undefined

  constructor(socket: Socket, packet: UwsgiPacket) {
    this.socket = socket
    this.#packet = packet
  }

  get variables(): ReadonlyMap<string, string> {
    this.#variables ??= variablesOf(this.#packet)
    return this.#variables
  }
}

/** All variables except two that would mislead: a client's `HTTP_PROXY`, and the `PATH` of Apache's own process. */
function variablesOf({ variables }: UwsgiPacket): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (let at = 0; at < variables.length; at += 2) map.set(variables[at]!, variables[at + 1]!)
  map.delete('HTTP_PROXY')
  map.delete('PATH')
  return map
}
