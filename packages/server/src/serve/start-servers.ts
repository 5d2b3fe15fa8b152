import type { Server as NetServer } from 'node:net'
import type { Application } from '@tsgi/core'
import { consoleErrors, type OpenSockets, type SocketsEnding, stoppingError } from '@tsgi/core/gateway'
import { checkOptions } from '@tsgi/core/options'
import { connectionLimitBounds, connectionLimits } from '../http/limits.ts'
import { listenerOptionNames, listenerSettings } from '../http/settings.ts'
import { checkTls, readCertificate } from '../listen/certificate.ts'
import { listen, readSocketOptions, type SocketOptions } from '../listen/listen.ts'
import { type ListenAddress, parseListenOption } from '../listen/listen-address.ts'
import { createListener, type Listener } from '../listen/listener.ts'
import { createAccessLog } from '../observe/access-log.ts'
import { createLoadShedding, loadSheddingOptionNames } from '../observe/load-shedding.ts'
import { byAddress } from '../proxies/trust-proxy.ts'
import { closeListeners, within } from './close-listeners.ts'
import { endpointOf } from './engine.ts'
import type { ServeOptions } from './serve-options.ts'

/** A server that {@link serve} has started. */
export interface Server extends AsyncDisposable {
  /** The addresses in the order of the option `listen`, with the ports that were assigned. */
  readonly addresses: readonly string[]
  /**
   * Stops gracefully: stops accepting connections, closes idle ones, aborts `environ.gateway.stopping`, and waits for
   * responses in flight and promises passed to `waitUntil`. After `gracefulTimeout` it cuts off the rest. Then it stops
   * the resources of the option `lifecycle`. Further calls return the same promise.
   */
  close(): Promise<void>
  /** Reads the files of the option `tls` again, for new connections. Rejects if they are invalid, and keeps the old ones. */
  reloadCertificate(): Promise<void>
}

/** How a process gets its connections. */
export interface ServerHost {
  /** Whether other processes serve the same application. */
  readonly multiprocess?: boolean
  /** Makes the server receive the connections of an address. Returns the address with the port that was assigned. */
  readonly bind?: (server: NetServer, address: ListenAddress, options: SocketOptions) => Promise<string>
  /** Gives up starting the resources of the application when it aborts. */
  readonly signal?: AbortSignal | undefined
  /** Called if a request had to start resources, because they are not in the option `lifecycle`. Default: reports it. */
  readonly onLazyStart?: (names: readonly string[]) => void
}

/** A server that can be drained without losing requests. */
export interface DrainableServer extends Server {
  readonly webSockets: Pick<OpenSockets, 'size' | 'messages'>
  /**
   * Closes every HTTP/1.1 connection after its next response, so that load balancers open new ones elsewhere. Long
   * responses, such as event streams, go on until `drain` or `close`.
   */
  beginDrain(): void
  /**
   * Aborts `environ.gateway.stopping`, and closes every connection after its next response, or after `keepAliveTimeout`
   * without a request. Resolves when no connection is left, or after `gracefulTimeout`.
   */
  drain(): Promise<void>
}

/**
 * Starts the servers of an application like `serve`, in a process that may receive its connections from another one.
 *
 * @throws TypeError (by rejection) if an option is invalid; Node's error if it cannot listen on an address; an error that
 *   names the resource if one cannot start.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { startServers } from '@tsgi/server/process'
 *
 * const server = await startServers(() => text('Hello'), { listen: 'http://127.0.0.1:0' }, { multiprocess: true })
 * const response = await fetch(server.addresses[0]!)
 * await response.text() // => 'Hello'
 * await server.drain()
 * ```
 */
export async function startServers(
  app: Application,
  options: ServeOptions,
  { multiprocess = false, bind = listen, signal, ...host }: ServerHost = {},
): Promise<DrainableServer> {
  checkOptions('serve', options, optionNames)
  const limits = connectionLimits(options, 'serve')
  const sockets = readSocketOptions(options)
  const { errors = consoleErrors, proxyProtocol } = options
  const shedding = createLoadShedding(options, (line) => errors.write(line))
  const loadShedder = shedding?.loadShedder
  let closing = false
  const drain = { isBegun: false }
  const settings = listenerSettings(
    'serve',
    app,
    { ...withAccessLog(options), loadShedder },
    {
      multiprocess,
      webSockets: true,
      maxWebSockets: limits.maxWebSockets,
      lifecycle: options.lifecycle,
      onLazyStart: host.onLazyStart ?? ((names) => errors.write(lazyStartReport(names))),
      keepAlive: `timeout=${Math.floor(limits.keepAliveTimeout / 1_000)}`,
      drain,
      onResponseClosed() {
        if (!closing) return
        // Node marks the connection idle only after this event.
        setImmediate(() => {
          for (const listener of opened) listener.closeIdle()
        })
      },
    },
  )
  const createEndpoint = await endpointOf(options.engine)
  const addresses = parseListenOption(options.listen)
  const tls = checkTls(options.tls, addresses.some(isSecure))
  const certificate = tls && (await readCertificate(tls))
  const isBalancer = proxyProtocol && byAddress(proxyProtocol, 'serve: proxyProtocol')
  const { lifecycle, stopping } = settings
  await lifecycle?.start({ signal, stopping: stopping.signal, errors: settings.errors })
  const opened: Listener[] = []
  const taken: string[] = []
  try {
    for (const address of addresses) {
      const listener =
        address.scheme === 'uwsgi'
          ? (await import('../listen/uwsgi-listener.ts')).createUwsgiListener(app, settings, limits)
          : createListener(createEndpoint(app, settings, limits), app, settings, limits, {
              certificate: isSecure(address) ? certificate : undefined,
              isBalancer,
            })
      taken.push(await bind(listener.front, address, sockets))
      // A connection that cannot be accepted must not affect the others.
      listener.front.on('error', (error) => settings.errors.write(error))
      opened.push(listener)
    }
  } catch (error) {
    await Promise.all(opened.map((listener) => listener.close()))
    await lifecycle?.stop({ errors: settings.errors })
    throw error
  }
  shedding?.start(settings.stopping.signal)
  const beginDrain = () => {
    drain.isBegun = true
  }
  let closed: Promise<void> | undefined
  const close = (gracefulTimeout = limits.gracefulTimeout) => {
    drain.isBegun = true
    closing = true
    closed ??= closeListeners(opened, settings, gracefulTimeout)
    return closed
  }
  return {
    addresses: taken,
    webSockets: settings.sockets,
    close: () => close(),
    beginDrain,
    async drain() {
      beginDrain()
      settings.sockets.stop(replaced(limits.gracefulTimeout))
      settings.stopping.abort(stoppingError())
      const inTime = await within(
        limits.gracefulTimeout,
        Promise.all(opened.map((listener) => listener.drain())),
      )
      await close(inTime ? limits.gracefulTimeout : 0)
    },
    async reloadCertificate() {
      if (tls === undefined) return
      const certificate = await readCertificate(tls)
      for (const listener of opened) listener.useCertificate(certificate)
    },
    [Symbol.asyncDispose]: () => close(),
  }
}

const optionNames = [
  ...['listen', 'engine', 'tls', 'lifecycle', 'proxyProtocol', 'accessLog', 'accessLogTo'],
  ...['unixMode', 'backlog', 'reusePort'],
  ...listenerOptionNames.filter((name) => name !== 'loadShedder'),
  ...loadSheddingOptionNames,
  ...Object.keys(connectionLimitBounds),
]

function lazyStartReport(names: readonly string[]): string {
  return `serve: a request had to start ${names.join(', ')}: pass the option lifecycle to start resources before the server listens`
}

/** Adds the access log to the observers. */
function withAccessLog(options: ServeOptions): ServeOptions {
  const { accessLog, accessLogTo, errors = consoleErrors, observers = [] } = options
  const log = createAccessLog(accessLog, accessLogTo, (error) => errors.write(error))
  return log === undefined ? options : { ...options, observers: [...observers, log] }
}

/** Clients that reconnect at once would overload the process that takes over. */
function replaced(gracefulTimeout: number): SocketsEnding {
  return { code: 1012, reason: 'The server is being replaced', spread: gracefulTimeout / 3 }
}

function isSecure(address: ListenAddress): boolean {
  return address.scheme === 'https'
}
