import type { AddressInfo, Server as NetServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Application } from '@tsgi/core'
import { closeInTime } from '@tsgi/core/gateway'
import { type AccessLogFormat, accessObserver, createAccessLog, type LineSink } from './access-log.ts'
import { createHandler, type ListenerOptions, listenerSettings } from './handler.ts'
import { type ConnectionLimits, connectionLimits } from './limits.ts'
import { listen, type SocketOptions, socketOptions } from './listen.ts'
import { formatListenAddress, type ListenAddress, parseListenAddress } from './listen-address.ts'
import { createListener, type Listener } from './listener.ts'
import type { Observer } from './observer.ts'
import type { Settings } from './settings.ts'
import { checkTls, readCertificate, type TlsOptions } from './tls.ts'
import { byAddress } from './trust-proxy.ts'
import { createUwsgiListener } from './uwsgi-listener.ts'

/** The options of {@link serve}. */
export interface ServeOptions extends ListenerOptions, ConnectionLimits, SocketOptions {
  /**
   * Where to listen, one or several: `http://HOST:PORT` (port 0 takes a free one), `https://HOST:PORT`, `unix:PATH`,
   * `fd:N` for a socket that is open already, over HTTP without TLS; `http://127.0.0.1:8000` unless given. Without a
   * host, as `https://:443` or only `:PORT`, on every interface. Behind a front end that speaks uwsgi: `uwsgi:PATH` or
   * `uwsgi://HOST:PORT`.
   */
  readonly listen?: string | readonly string[]
  /** The certificate for `https://` addresses, on which clients choose between HTTP/2 and HTTP/1.1. */
  readonly tls?: TlsOptions
  /**
   * The addresses and CIDR ranges of balancers that begin each connection with a header of the PROXY protocol, version 1
   * or 2; none by default. The address that it names is then the connection's.
   */
  readonly proxyProtocol?: readonly string[]
  /** Has a line written for each response, in this form; none unless given. Each request then has an `X-Request-Id`. */
  readonly accessLog?: AccessLogFormat
  /** Where the lines of the access log go; standard output unless given. */
  readonly accessLogTo?: LineSink
}

/** A server that listens, made by {@link serve}. */
export interface Server extends AsyncDisposable {
  /** Where it listens, in the order of the option `listen`, with the ports that were really taken. */
  readonly addresses: readonly string[]
  /**
   * Stops: takes no more connections, ends idle ones, waits for the responses in flight and for what `waitUntil` was
   * given, at most `gracefulTimeout`, then ends what is left. Calling it again waits for the same end.
   */
  close(): Promise<void>
  /**
   * Reads the files of the option `tls` again, for the connections to come. Rejects where they cannot be used, and the
   * certificate stays what it was.
   */
  reloadCertificate(): Promise<void>
}

/**
 * Serves an application over HTTP/1.1, and over HTTP/2 where there is TLS. Resolves when it listens.
 *
 * `gateway.native` is Node's `{ incoming, outgoing }`; on a uwsgi address it is what `@tsgi/uwsgi` says.
 *
 * @throws TypeError (by rejection) where an option is not what it should be, naming it; Node's error where an address
 *   cannot be listened on, after what was opened has been closed.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { serve } from '@tsgi/server'
 *
 * const server = await serve(() => text('Hello world'), { listen: 'http://127.0.0.1:0' })
 * const response = await fetch(server.addresses[0]!)
 * await response.text() // => 'Hello world'
 * await server.close()
 * ```
 */
export function serve(app: Application, options: ServeOptions = {}): Promise<Server> {
  return startServers(app, options, ownProcess)
}

/** The process that servers run in, and how they come by their connections there. */
export interface ServerHost {
  /** Whether other processes serve the same application. */
  readonly multiprocess: boolean
  /** Told of every request. */
  readonly observers?: readonly Observer[]
  /** Has the server receive the connections of an address; returns that address as it was really taken. */
  bind(server: NetServer, address: ListenAddress, options: SocketOptions): Promise<string>
}

/** A server that can also be left to finish what its clients have begun. */
export interface DrainableServer extends Server {
  /** Ends every HTTP/1.1 connection with its next response, so that a balancer's kept ones go elsewhere in time. */
  letGo(): void
  /**
   * Ends every connection after its next response, or when it has been idle for `keepAliveTimeout`: no request that a
   * client has sent already is lost. Resolves when none is left, or after `gracefulTimeout`.
   */
  drain(): Promise<void>
}

/** A process that listens itself, and alone. */
export const ownProcess: ServerHost = { multiprocess: false, bind: listenOn }

/** What {@link serve} does, in a process of any kind. */
export async function startServers(
  app: Application,
  options: ServeOptions,
  host: ServerHost,
): Promise<DrainableServer> {
  const limits = connectionLimits(options, 'serve')
  const sockets = socketOptions(options)
  let draining = false
  const settings = listenerSettings(app, options, 'serve', () => {
    if (draining) return
    // Node marks the connection idle only after this event.
    setImmediate(() => {
      for (const listener of opened) listener.closeIdle()
    })
  })
  settings.multiprocess = host.multiprocess
  settings.keepAlive = `timeout=${Math.floor(limits.keepAliveTimeout / 1_000)}`
  const { accessLog, accessLogTo } = options
  settings.accessLog = await createAccessLog(accessLog, accessLogTo, settings.errors.write)
  settings.observers = [
    ...(host.observers ?? []),
    ...(settings.accessLog ? [accessObserver(settings.accessLog)] : []),
  ]
  const addresses = listenAddresses(options.listen)
  const tls = checkTls(options.tls, addresses.some(isSecure))
  const certificate = tls && (await readCertificate(tls))
  const { proxyProtocol } = options
  const isBalancer = proxyProtocol && byAddress(proxyProtocol, 'serve: proxyProtocol')
  const handle = createHandler(app, settings)
  const opened: Listener[] = []
  const taken: string[] = []
  try {
    for (const address of addresses) {
      const listener =
        address.scheme === 'uwsgi'
          ? createUwsgiListener(app, settings, limits)
          : createListener(handle, settings, limits, {
              certificate: isSecure(address) ? certificate : undefined,
              isBalancer,
            })
      taken.push(await host.bind(listener.front, address, sockets))
      // A connection that cannot be accepted is no reason to end the others.
      listener.front.on('error', (error) => settings.errors.write(error))
      opened.push(listener)
    }
  } catch (error) {
    for (const listener of opened) listener.close()
    throw error
  }
  const letGo = () => {
    draining = true
    settings.closing = true
  }
  let closed: Promise<void> | undefined
  const close = () => {
    draining = false
    closed ??= closeAll(opened, settings, limits.gracefulTimeout)
    return closed
  }
  return {
    addresses: taken,
    close,
    letGo,
    async drain() {
      letGo()
      const inTime = await within(
        limits.gracefulTimeout,
        Promise.all(opened.map((listener) => listener.drain())),
      )
      draining = false
      closed ??= closeAll(opened, settings, inTime ? limits.gracefulTimeout : 0)
      await closed
    },
    async reloadCertificate() {
      if (tls === undefined) return
      const certificate = await readCertificate(tls)
      for (const listener of opened) listener.useCertificate(certificate)
    },
    [Symbol.asyncDispose]: close,
  }
}

/** Reads the option `listen`. */
export function listenAddresses(option: unknown): ListenAddress[] {
  const list = Array.isArray(option) ? option : [option ?? 'http://127.0.0.1:8000']
  if (list.length === 0)
    throw new TypeError('serve: listen must name at least one address, got an empty list')
  return list.map(parseListenAddress)
}

async function listenOn(server: NetServer, address: ListenAddress, options: SocketOptions): Promise<string> {
  await listen(server, address, options)
  return actualAddress(address, server)
}

function isSecure(address: ListenAddress): boolean {
  return address.scheme === 'https'
}

/** The address with the port that was really taken. */
export function actualAddress(address: ListenAddress, server: NetServer): string {
  if ('path' in address) return formatListenAddress(address, 0)
  const taken = server.address() as AddressInfo | string
  if (typeof taken === 'string') return `unix:${taken}`
  const { address: host, port } = taken
  if ('fd' in address) return formatListenAddress({ scheme: 'http', host, port }, port)
  return formatListenAddress({ ...address, host: address.host ?? host }, port)
}

function closeAll(opened: readonly Listener[], settings: Settings, gracefulTimeout: number): Promise<void> {
  settings.closing = true
  return closeInTime(settings, {
    gracefulTimeout,
    ended: Promise.all(opened.map((listener) => listener.close())),
    destroy() {
      for (const listener of opened) listener.destroy()
    },
  })
}

/** Whether the promise settled in so many milliseconds. */
async function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  const late = new AbortController()
  const delay = setTimeout(milliseconds, false, { signal: late.signal })
  const inTime = await Promise.race([delay, promise.then(() => true)])
  late.abort()
  return inTime
}
