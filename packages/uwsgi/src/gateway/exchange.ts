import type { Socket } from 'node:net'
import type { Environ, Gateway } from '@tsgi/core'
import { BaseExchange, createEnviron, type ExchangeSettings, specVersion } from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import type { UwsgiPacket } from '../packet/packet.ts'
import { type CgiRequest, readRequest } from './cgi-request.ts'
import type { UwsgiLimits } from './limits.ts'
import { RequestBody } from './request-body.ts'
import { version } from './version.ts'

/** What all requests of one gateway have in common. */
export interface Settings extends ExchangeSettings {
  readonly limits: Limits<UwsgiLimits>
  readonly multiprocess: boolean
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
export class UwsgiExchange extends BaseExchange {
  readonly socket: Socket
  readonly settings: Settings
  readonly body: RequestBody
  readonly environ: Environ
  readonly #packet: UwsgiPacket
  readonly #cgi: CgiRequest
  #flushed = false
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
    this.body.discard(() => socket.end())
  }

  protected get wasSent(): boolean {
    return this.socket.writableFinished || this.#flushed
  }
}

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

/** All but what would mislead: a client's `HTTP_PROXY`, and the `PATH` of Apache's own process. */
function variablesOf({ variables }: UwsgiPacket): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (let at = 0; at < variables.length; at += 2) map.set(variables[at]!, variables[at + 1]!)
  map.delete('HTTP_PROXY')
  map.delete('PATH')
  return map
}
