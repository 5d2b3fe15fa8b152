import { isIP, Socket } from 'node:net'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { buildConnector, Client, type Dispatcher, errors } from 'undici'
import { ContinueFilter } from './continue-filter.ts'

/** The TLS options of connections to an `https:` upstream server: those of `tls.connect` with the same names. */
export type ProxyTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>

/** The address of an upstream server and how to connect to it. */
export interface UpstreamAddress {
  readonly url: URL
  /** The path of a Unix socket. */
  readonly socketPath: string | undefined
  readonly tls: ProxyTls | undefined
  /** In milliseconds. */
  readonly connectTimeout: number
}

/** Opens the connections of a pool, and knows which of their errors ended an idle connection that was reused. */
export class Connector {
  readonly connect: buildConnector.connector
  readonly #stale = new WeakSet<Error>()

  constructor(address: UpstreamAddress) {
    const open = address.url.protocol === 'https:' ? tlsConnector(address) : plainConnector(address)
    this.connect = (options, callback) =>
      open(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null)
        this.#watch(socket)
        callback(null, socket)
      })
  }

  /** Creates one of the clients of a pool. It has one connection and one request at a time. */
  createClient(origin: URL, options: Client.Options & { readonly maxHeaderSize: number }): Client {
    const filter = new ContinueFilter(options.maxHeaderSize)
    const connect: buildConnector.connector = (target, callback) =>
      this.connect(target, (...[error, socket]) => {
        if (error !== null) return callback(error, null)
        filter.watch(socket)
        callback(null, socket)
      })
    return new OneAtATime(origin, { ...options, connect }, filter)
  }

  /** Whether the error ended a connection that had served another request before. */
  isStale(error: unknown): boolean {
    return error instanceof Error && this.#stale.has(error)
  }

  #watch(socket: Socket | TLSSocket): void {
    const { bytesRead } = socket
    socket.on('error', (error) => {
      if (socket.bytesRead > bytesRead) this.#stale.add(error)
    })
  }
}

class OneAtATime extends Client {
  readonly #filter: ContinueFilter

  constructor(origin: URL, options: Client.Options, filter: ContinueFilter) {
    super(origin, options)
    this.#filter = filter
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#filter.expect()
    return super.dispatch(options, handler)
  }
}

/** Returns the name that the server's certificate must be for; `''` if it must be for an address. */
export function serverNameOf({ url, tls }: Pick<UpstreamAddress, 'url' | 'tls'>): string {
  if (tls?.servername !== undefined) return tls.servername
  return isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? url.hostname : ''
}

function tlsConnector(address: UpstreamAddress): buildConnector.connector {
  const { socketPath, tls, connectTimeout } = address
  const connect = buildConnector({
    ...tls,
    allowH2: false,
    timeout: connectTimeout,
    ...(socketPath === undefined ? {} : { socketPath }),
  })
  const servername = serverNameOf(address)
  return (options, callback) => connect({ ...options, servername }, callback)
}

function plainConnector({ url, socketPath, connectTimeout }: UpstreamAddress): buildConnector.connector {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const to = socketPath === undefined ? { host, port: Number(url.port || 80) } : { path: socketPath }
  return (_options, callback) => {
    const socket = new UpstreamSocket()
    const timer = setTimeout(() => {
      socket.destroy(new errors.ConnectTimeoutError(`Connecting took longer than ${connectTimeout} ms`))
    }, connectTimeout)
    const onFailure = (error: Error) => settle(error)
    const settle = (error: Error | null) => {
      clearTimeout(timer)
      socket.off('error', onFailure)
      if (error === null) callback(null, socket)
      else callback(error, null)
    }
    socket.setNoDelay().setKeepAlive(true, KEEP_ALIVE_PROBE_MS)
    socket.once('connect', () => settle(null)).once('error', onFailure)
    socket.once('close', () => clearTimeout(timer))
    socket.connect(to)
    return socket
  }
}

/** How long a connection may be silent before TCP checks whether the other side still exists. */
const KEEP_ALIVE_PROBE_MS = 60_000

type WriteCallback = (error?: Error | null) => void

/**
 * A connection whose read side survives failed writes.
 *
 * A server can respond and close the connection before it has read the whole request. Writing the rest then fails, but
 * the response is still in the kernel's receive buffer.
 */
class UpstreamSocket extends Socket {
  #writeError: NodeJS.ErrnoException | undefined

  override _write(chunk: unknown, encoding: BufferEncoding, callback: WriteCallback): void {
    super._write(chunk, encoding, this.#withoutError(callback))
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], callback: WriteCallback): void {
    super._writev!(chunks, this.#withoutError(callback))
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk === null && HIDES_RESETS) {
      this.#endOrReset()
      return false
    }
    return super.push(chunk, encoding)
  }

  #endOrReset(): void {
    // Even an empty write fails after a reset.
    if (this.writable) this.write('')
    setImmediate(() => {
      if (this.#writeError?.code === 'ECONNRESET') this.destroy(this.#writeError)
      else if (!this.destroyed) super.push(null)
    })
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    super._destroy(error, (failure) => callback(failure ? asInterruption(failure) : null))
  }

  #withoutError(callback: WriteCallback): WriteCallback {
    return (error) => {
      if (error) this.#writeError ??= error
      callback()
    }
  }
}

/** Before version 1.52, libuv reports a reset as the end of what was received if it arrives together with bytes. */
const HIDES_RESETS = /^1\.(?:[0-4]?\d|5[01])\./.test(process.versions.uv)

/** undici takes a reset for the end of a body without a length, so a reset needs another code. */
function asInterruption(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ECONNRESET') return error
  return new errors.SocketError('The upstream server reset the connection')
}
