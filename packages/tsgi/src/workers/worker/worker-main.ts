/** The entry point of a worker: loads the application and serves the connections that the master accepts. */
import cluster from 'node:cluster'
import { url as inspectorUrl } from 'node:inspector'
import type { Server, Socket } from 'node:net'
import { consoleErrors, stoppingError } from '@tsgi/core/gateway'
import { type DrainableServer, startServers } from '@tsgi/server/process'
import { Health } from '../../app/health.ts'
import type { Loaded } from '../../app/load-application.ts'
import { loadForWorker } from '../../app/load-for-worker.ts'
import { watchStart } from '../../app/start-warnings.ts'
import { serveOptions, startFailure } from '../../config/serve-options.ts'
import { exitWith } from '../../console/exit-with.ts'
import { reportExhaustion } from '../../console/file-descriptors.ts'
import { flushOutput, ignoreOutputErrors, reportUncaught } from '../../console/log.ts'
import { leaveSignalsToMaster } from '../../console/signals.ts'
import { Metrics } from '../../statistics/metrics.ts'
import { type Envelope, type MasterMessage, monotonicTime, tellMaster, UNCAUGHT } from '../messages.ts'
import { offerRelay, WorkerRelay } from '../relay/worker-relay.ts'
import { InFlight } from './in-flight.ts'
import { recycling } from './recycling.ts'
import { startWatchdog } from './watchdog.ts'

const servers: (Server & { readonly allowHalfOpen?: boolean })[] = []
const health = new Health()
const giveUp = new AbortController()
const inFlight = new InFlight()
const relay = new WorkerRelay((request, done) => tellMaster({ type: 'relay', request }, done))
let metrics: Metrics | undefined
let starting: Promise<DrainableServer> | undefined
let serving: DrainableServer | undefined
let failStart: (error: unknown) => void = abandonStart

process.on('message', (envelope: Envelope<MasterMessage> | null, socket: Socket | undefined) => {
  const message = envelope?.tsgi
  switch (message?.type) {
    case 'start':
      start(message).catch(exitWith)
      break
    case 'connection':
      receive(message, socket)
      break
    case 'ping':
      tellMaster({ type: 'pong' })
      break
    case 'check':
      health.failed().then((failed) => tellMaster({ type: 'checked', failed }))
      break
    case 'relay':
      relay.receive(message.event)
      break
    case 'unready':
      health.ready = false
      serving?.beginDrain()
      break
    case 'retire':
      retire()
      break
    case 'stop':
      // Read the requests on connections that have just arrived.
      setTimeout(stop, STOP_MS)
  }
})

ignoreOutputErrors()
reportExhaustion()
offerRelay(relay)

// The master is gone: no more connections will arrive. Otherwise, Node exits immediately.
cluster.worker!.exitedAfterDisconnect = true
process.on('disconnect', () => void retire().finally(() => process.exit()))

process.on('uncaughtException', (error) => {
  if (serving === undefined) return failStart(error)
  reportUncaught(error)
  // The state of the process is unknown, but other requests can still be finished.
  tellMaster({ type: 'replace', reason: UNCAUGHT })
})

leaveSignalsToMaster()
process.on('SIGTERM', () => tellMaster({ type: 'replace', reason: 'SIGTERM' }))

type Start = MasterMessage & { type: 'start' }

function receive({ id, at, until }: MasterMessage & { type: 'connection' }, socket?: Socket): void {
  if (monotonicTime() > until) {
    // This closes only the copy of this process.
    socket?.destroy()
    tellMaster({ type: 'returned', id })
    return
  }
  tellMaster({ type: 'taken', id })
  // Clients may have disconnected in the meantime, or may close their side after the request.
  if (socket !== undefined) socket.allowHalfOpen = servers[at]!.allowHalfOpen === true
  if (socket !== undefined) servers[at]!.emit('connection', socket)
}

/** Stops the resources that have started, then exits. */
async function abandonStart(error: unknown): Promise<void> {
  giveUp.abort(error)
  await starting?.catch(() => {})
  exitWith(error)
}

/** Lets clients finish what they have begun, then exits. */
async function retire(): Promise<void> {
  if (serving === undefined) return stop()
  await serving.drain()
  await end()
}

/** Stops gracefully, also while the resources start. */
async function stop(): Promise<void> {
  giveUp.abort(stoppingError())
  const server = serving ?? (await starting?.catch(() => undefined))
  await server?.close()
  end()
}

async function start(message: Start): Promise<void> {
  const { settings, development } = message
  const { routes, ...loaded } = await loadForWorker(settings, health, {
    development,
    onLoad: (file) => tellMaster({ type: 'loaded', file }),
    onStart: (fail) => {
      failStart = fail
    },
  })
  failStart = development === undefined ? abandonStart : reportUncaught
  if (settings.stats !== undefined) {
    metrics = new Metrics()
    setInterval(tellStats, 1_000).unref()
  }
  starting = open(loaded, message)
  try {
    serving = await starting
  } catch (error) {
    if (giveUp.signal.aborted) return
    if (development === undefined) throw startFailure(error)
    const { failed } = await import('../../app/development.ts')
    serving = await open({ application: failed(error) }, message)
  }
  const isDebugged = inspectorUrl() !== undefined
  if (!isDebugged) startWatchdog(inFlight, settings.heartbeatTimeout)
  // Each connection has one response, so that the next one shows the application.
  if (development?.problem !== undefined) serving.beginDrain()
  tellMaster({ type: 'ready', routes, isDebugged })
}

/** Starts the resources, then serves. */
function open(
  { application, lifecycle }: Loaded,
  { settings, addresses, development }: Start,
): Promise<DrainableServer> {
  if (lifecycle !== undefined) {
    tellMaster({ type: 'starting', stopLimit: lifecycle.names.length * lifecycle.stopTimeout })
    watchStart(lifecycle, (name) => tellMaster({ type: 'late', names: [name], isWaiting: true }))
  }
  return startServers(
    application,
    {
      ...serveOptions(settings),
      lifecycle,
      errors: metrics?.counting(consoleErrors) ?? consoleErrors,
      observers: [
        inFlight,
        recycling(settings, (reason) => tellMaster({ type: 'replace', reason })),
        ...(metrics === undefined ? [] : [metrics]),
      ],
    },
    {
      multiprocess: development === undefined,
      async bind(server) {
        // Node checks the timeouts of connections from this event on.
        server.emit('listening')
        return addresses[servers.push(server) - 1]!
      },
      signal: giveUp.signal,
      onLazyStart: (names) => tellMaster({ type: 'late', names, isWaiting: false }),
    },
  )
}

function tellStats(): void {
  if (metrics === undefined) return
  tellMaster({
    type: 'stats',
    stats: metrics.stats(serving?.webSockets),
    durations: metrics.durations.take(),
  })
}

/** Exits when all output and messages have been sent. */
async function end(): Promise<void> {
  tellStats()
  await flushOutput()
  tellMaster({ type: 'bye' }, () => process.exit())
}

/** Milliseconds for the first request of a new connection to arrive. */
const STOP_MS = 20
