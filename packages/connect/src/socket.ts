import type { EventEmitter } from 'node:events'
import { IncomingMessage } from 'node:http'
import { isIP, Socket } from 'node:net'
import { type Environ, type ErrorLog, HttpError } from '@tsgi/core'
import { toHttpError } from './errors.ts'

/** The response of one layer of a stack. */
export interface LayerResponse extends EventEmitter {
  readonly writableEnded: boolean
  readonly destroyed: boolean
  readonly fail: (error: unknown) => void
}

/**
 * The `req.socket` of a request: it describes the client's connection, but cannot be read from or written to. Destroying it
 * fails the response. All layers of a stack share it.
 */
export class RequestSocket extends Socket {
  /** Why the socket was destroyed. */
  failure: Error | undefined
  /** The request that times out with the socket. */
  request: EventEmitter | undefined
  /** The responses, from the outermost layer to the innermost. */
  readonly #responses: LayerResponse[] = []
  readonly #errors: ErrorLog
  #hasFailed = false

  constructor(environ: Environ) {
    super()
    this.#errors = environ.errors
    const properties = connectionProperties(environ)
    // Some of these are getters on the prototype, and middleware assigns to `encrypted`.
    for (const [name, value] of Object.entries(properties)) {
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
    }
    // Without a listener, an error would end the process. It fails the response instead, see `failure`.
    this.on('error', () => {})
    this.on('timeout', () => this.#onTimeout())
    this.on('close', () => this.failResponse(this.failure ?? new Error(CLOSED)))
  }

  override address(): { address: string; family: string; port: number } | Record<string, never> {
    const { localAddress, localPort } = this
    const family = familyOf(localAddress ?? '')
    if (localAddress === undefined || localPort === undefined || family === undefined) return {}
    return { address: localAddress, family, port: localPort }
  }

  addResponse(response: LayerResponse): void {
    this.#responses.push(response)
  }

  /**
   * Fails the response of a layer, by default the innermost one that has not responded. The layers outside handle the failure
   * like any other; the layers inside learn that nobody waits for their responses. Returns whether there was a response to
   * fail.
   */
  failResponse(error: unknown, response?: LayerResponse): boolean {
    const open = this.#responses.filter(({ writableEnded, destroyed }) => !writableEnded && !destroyed)
    const at = response === undefined ? open.length - 1 : open.indexOf(response)
    if (at === -1 || this.#hasFailed) return false
    this.#hasFailed = true
    for (const inner of open.slice(at + 1)) inner.fail(new HttpError(499, CLOSED))
    open[at]!.fail(error)
    return true
  }

  /** Fails the response because a listener or a callback has thrown, or reports the error if it is too late for that. */
  readonly failListener = (thrown: unknown): void => {
    const error = toHttpError(thrown)
    if (!this.failResponse(error)) this.#errors.write(error)
  }

  /** Restarts the timeout because data has been read or written. */
  refreshTimeout(): void {
    if (this.timeout) this.setTimeout(this.timeout)
  }

  override _write(_chunk: unknown, _encoding: BufferEncoding, callback: (error: Error) => void): void {
    callback(new Error('req.socket cannot be written to behind connect(); write to res instead'))
  }

  override _writev(_chunks: unknown, callback: (error: Error) => void): void {
    this._write(undefined, 'utf8', callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    callback()
    this.destroy()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.failure ??= error ?? undefined
    super._destroy(error, callback)
  }

  #onTimeout(): void {
    let isHandled = false
    for (const target of [this.request, ...this.#responses]) {
      isHandled = target?.emit('timeout', this) || isHandled
    }
    // As in Node, a timeout that no listener handles closes the connection.
    if (!isHandled) this.destroy(new Error(`The connection was idle for ${this.timeout} ms`))
  }
}

const CLOSED = 'The middleware closed the connection without a response'

/** The connection of a request, and its fields as the client sent them. */
interface NativeRequest {
  readonly socket: Socket
  readonly rawHeaders: readonly string[]
}

/** The request of `node:http` or `@tsgi/http1`, if the environ comes from one of them. */
export function nativeRequestOf({ gateway }: Environ): NativeRequest | undefined {
  const { incoming, socket, head } = Object(gateway.native) as {
    readonly incoming?: unknown
    readonly socket?: unknown
    readonly head?: { readonly rawHeaders?: readonly string[] }
  }
  if (incoming instanceof IncomingMessage) return incoming
  const rawHeaders = head?.rawHeaders
  return socket instanceof Socket && rawHeaders !== undefined ? { socket, rawHeaders } : undefined
}

function connectionProperties(environ: Environ) {
  const { remoteAddress, scheme } = environ
  const connection = nativeRequestOf(environ)?.socket
  // Behind a trusted proxy, the port of the connection is not the client's.
  const isDirect = connection?.remoteAddress?.replace(/^::ffff:/, '') === remoteAddress
  return {
    encrypted: scheme === 'https',
    remoteAddress,
    remoteFamily: familyOf(remoteAddress),
    remotePort: isDirect ? connection?.remotePort : undefined,
    localAddress: connection?.localAddress,
    localPort: connection?.localPort ?? portOf(environ),
  }
}

function familyOf(address: string): string | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : `IPv${version}`
}

function portOf({ scheme, host }: Environ): number {
  const [, port] = /:(\d+)$/.exec(host) ?? []
  return port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port)
}
