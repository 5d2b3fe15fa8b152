import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import { type Application, HttpError } from '@tsgi/core'
import { answerClientError, endWith } from './client-error.ts'
import { latestExchange } from './connection.ts'
import type { Settings } from './exchange.ts'
import { createHandler, type Handler, type ListenerOptions, listenerSettings, refuse } from './handler.ts'
import { type ConnectionLimits, connectionLimits } from './limits.ts'
import { listen } from './listen.ts'
import { formatListenAddress, type ListenAddress, parseListenAddress } from './listen-address.ts'

/** The options of {@link serve}. */
export interface ServeOptions extends ListenerOptions, ConnectionLimits {
  /**
   * Where to listen, one or several: `http://HOST:PORT` (port 0 takes a free one), `:PORT` for every interface, or
   * `unix:PATH`; `http://127.0.0.1:8000` unless given.
   */
  readonly listen?: string | readonly string[]
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
}

/**
 * Serves an application over HTTP/1.1. Resolves when it listens.
 *
 * `gateway.native` is Node's `{ incoming, outgoing }`.
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
  return startServers(app, options, { multiprocess: false, bind: listenOn })
}

/** The process that servers run in, and how they come by their connections there. */
export interface ServerHost {
  /** Whether other processes serve the same application. */
  readonly multiprocess: boolean
  /** Has the server receive the connections of an address; returns that address as it was really taken. */
  bind(server: HttpServer, address: ListenAddress): Promise<string>
}

/** A server that can also be left to finish what its clients have begun. */
export interface DrainableServer extends Server {
  /**
   * Ends every connection after its next response, or when it has been idle for `keepAliveTimeout`: no request that a
   * client has sent already is lost. Resolves when none is left, or after `gracefulTimeout`.
   */
  drain(): Promise<void>
}

/** What {@link serve} does, in a process of any kind. */
export async function startServers(
  app: Application,
  options: ServeOptions,
  host: ServerHost,
): Promise<DrainableServer> {
  const limits = connectionLimits(options, 'serve')
  let draining = false
  const settings = listenerSettings(app, options, 'serve', () => {
    if (draining) return
    // Node marks the connection idle only after this event.
    setImmediate(() => {
      for (const { server } of opened) server.closeIdleConnections()
    })
  })
  settings.multiprocess = host.multiprocess
  const addresses = listenAddresses(options.listen)
  const handle = createHandler(app, settings)
  const opened: Opened[] = []
  const taken: string[] = []
  try {
    for (const address of addresses) {
      const one = open(handle, settings, limits)
      taken.push(await host.bind(one.server, address))
      // A connection that cannot be accepted is no reason to end the others.
      one.server.on('error', (error) => settings.errors.write(error))
      opened.push(one)
    }
  } catch (error) {
    for (const { server } of opened) server.close()
    throw error
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
    async drain() {
      draining = true
      settings.closing = true
      const inTime = await within(limits.gracefulTimeout, Promise.all(opened.map(emptied)))
      draining = false
      closed ??= closeAll(opened, settings, inTime ? limits.gracefulTimeout : 0)
      await closed
    },
    [Symbol.asyncDispose]: close,
  }
}

interface Opened {
  readonly server: HttpServer
  readonly sockets: ReadonlySet<Socket>
}

/** Reads the option `listen`. */
export function listenAddresses(option: unknown): ListenAddress[] {
  const list = Array.isArray(option) ? option : [option ?? 'http://127.0.0.1:8000']
  if (list.length === 0)
    throw new TypeError('serve: listen must name at least one address, got an empty list')
  return list.map(parseListenAddress)
}

/** A Node server whose every answer is this package's, those to malformed requests included. */
function open(handle: Handler, settings: Settings, limits: Required<ConnectionLimits>): Opened {
  const { maxHeaderSize, headersTimeout, receiveTimeout, keepAliveTimeout } = limits
  const server = createServer({
    maxHeaderSize,
    headersTimeout,
    requestTimeout: receiveTimeout,
    keepAliveTimeout,
    // Timeouts are only as exact as the interval at which they are looked at.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 2)),
    // Checked with the rest of the head, and answered with a problem.
    requireHostHeader: false,
    // A request without a body needs no life of a stream.
    optimizeEmptyRequests: true,
  })
  // Node would silently drop the fields above its limit; the handler counts and refuses.
  server.maxHeadersCount = 0
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('request', (incoming, outgoing) => handle(incoming, outgoing, false))
  server.on('checkContinue', (incoming, outgoing) => handle(incoming, outgoing, true))
  server.on('checkExpectation', (incoming, outgoing) => {
    const refusal = new HttpError(417, 'The only expectation that can be met is 100-continue.')
    refuse(incoming, outgoing, refusal, settings.errors)
  })
  server.on('connect', (_, socket) => {
    // An answer written now would be taken for that to the request before.
    if (latestExchange(socket as Socket)) socket.destroy()
    else endWith(socket as Socket, new HttpError(501, 'CONNECT is not supported.'))
  })
  server.on('clientError', (error, socket) => answerClientError(error, socket as Socket))
  return { server, sockets }
}

async function listenOn(server: HttpServer, address: ListenAddress): Promise<string> {
  await listen(server, address)
  return actualAddress(address, server)
}

/** Where the server listens, with the port that was really taken. */
export function actualAddress(address: ListenAddress, server: NetServer): string {
  if ('path' in address) return formatListenAddress(address, 0)
  const { address: host, port } = server.address() as AddressInfo
  return formatListenAddress({ port, host: address.host ?? host }, port)
}

async function closeAll(
  opened: readonly Opened[],
  settings: Settings,
  gracefulTimeout: number,
): Promise<void> {
  settings.closing = true
  const ended = opened.map(closeOne)
  const inTime = await within(
    gracefulTimeout,
    Promise.all(ended).then(() => settled(settings.tasks)),
  )
  if (inTime) return
  for (const { server } of opened) server.closeAllConnections()
  await Promise.all(ended)
  if (settings.tasks.size > 0) {
    settings.errors.write(
      new Error(`serve: ${settings.tasks.size} promise(s) given to waitUntil had not settled at the end`),
    )
  }
}

async function closeOne({ server, sockets }: Opened): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  // Node has ended idle connections, but not those that have never sent anything.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
  await closed
  // A server says that it has closed a moment before its last connections do.
  await emptied({ sockets })
}

/** Settles when the connections that are open now have closed. */
async function emptied({ sockets }: Pick<Opened, 'sockets'>): Promise<void> {
  await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve))))
}

/** Whether the promise settled in so many milliseconds. */
async function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<false>()
  const timer = setTimeout(giveUp, milliseconds, false)
  const inTime = await Promise.race([late, promise.then(() => true)])
  clearTimeout(timer)
  return inTime
}

/** Settles when none is left: one may add another. */
async function settled(tasks: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (tasks.size > 0) await Promise.all(tasks)
}
