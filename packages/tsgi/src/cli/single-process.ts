import { setTimeout as sleep } from 'node:timers/promises'
import { consoleErrors, stoppingError } from '@tsgi/core/gateway'
import { type DrainableServer, startServers } from '@tsgi/server/process'
import { Health } from '../app/health.ts'
import { type Loaded, loadServed } from '../app/load-application.ts'
import { StartWarnings, watchStart } from '../app/start-warnings.ts'
import { serveOptions, startFailure } from '../config/serve-options.ts'
import type { ServeSettings } from '../config/settings.ts'
import { exitWith } from '../console/exit-with.ts'
import { reportExhaustion } from '../console/file-descriptors.ts'
import { flushOutput, ignoreOutputErrors, log, reportUncaught, warn } from '../console/log.ts'
import { readableAddress } from '../console/readable-address.ts'
import { handleSignals, QUICK_STOP_MS } from '../console/signals.ts'
import { version } from '../console/version.ts'
import { Metrics } from '../statistics/metrics.ts'
import type { StatsReport } from '../statistics/stats-report.ts'
import { serveStats } from '../statistics/stats-server.ts'

/** Serves in this process until a signal arrives. */
export async function serveInProcess(settings: ServeSettings): Promise<void> {
  ignoreOutputErrors()
  reportExhaustion()
  const health = new Health()
  const giveUp = new AbortController()
  let starting: Promise<DrainableServer | undefined> | undefined
  let server: DrainableServer | undefined
  async function stop(exitCode: number, delay = 0): Promise<void> {
    health.ready = false
    giveUp.abort(stoppingError())
    // Resources that have started must be stopped. A module may load for ever.
    if (server === undefined) await starting
    server?.beginDrain()
    await sleep(server && delay)
    await server?.close()
    await flushOutput()
    process.exit(exitCode)
  }
  async function abandon(error: unknown): Promise<void> {
    health.ready = false
    giveUp.abort(error)
    await starting
    exitWith(error)
  }
  handleSignals({
    stop(isQuick) {
      if (isQuick) setTimeout(() => process.exit(), QUICK_STOP_MS)
      stop(0, isQuick ? 0 : settings.drainDelay)
    },
    reload() {
      if (settings.cert === undefined)
        log('received SIGHUP: without --workers and --cert, there is nothing to reload')
      else server?.reloadCertificate().then(() => log('received SIGHUP, certificate reloaded'), console.error)
    },
  })
  process.on('uncaughtException', (error) => {
    if (server === undefined) {
      abandon(error)
      return
    }
    reportUncaught(error)
    if (health.ready) warn('stopping because of an uncaught exception')
    // The state of the process is unknown, but other requests can still be finished.
    if (health.ready) stop(1)
  })
  const loaded = await loadServed(settings, health)
  starting = start(settings, loaded, health, giveUp.signal).catch((error) => {
    if (health.ready) throw error
    return undefined
  })
  server = await starting
  if (server === undefined || !health.ready) return
  for (const address of server.addresses) log(`listening on ${readableAddress(address)}`)
}

async function start(
  settings: ServeSettings,
  { application, lifecycle }: Loaded,
  health: Health,
  signal: AbortSignal,
): Promise<DrainableServer> {
  const options = { ...serveOptions(settings), lifecycle }
  const warnings = new StartWarnings()
  watchStart(lifecycle, (name) => warnings.warn({ names: [name], isWaiting: true }))
  const onLazyStart = (names: readonly string[]) => warnings.warn({ names, isWaiting: false })
  const host = { signal, onLazyStart }
  try {
    if (settings.stats === undefined) return await startServers(application, options, host)
    const metrics = new Metrics()
    const observed = { errors: metrics.counting(consoleErrors), observers: [metrics] }
    const server = await startServers(application, { ...options, ...observed }, host)
    const stats = await serveStats(settings.stats, {
      report: () => reportOf(metrics, server),
      async ready() {
        const failed = await health.failed()
        return { ready: health.ready && failed.length === 0, failed }
      },
    })
    log(`statistics on ${stats}`)
    return server
  } catch (error) {
    throw startFailure(error)
  }
}

/** Reports on this process as if it were a worker. */
function reportOf(metrics: Metrics, { webSockets }: DrainableServer): StatsReport {
  const stats = metrics.stats(webSockets)
  const { pid } = process
  const uptime = process.uptime()
  const worker = { ...stats, id: 0, pid, state: 'serving', uptime } as const
  const noWorkers = { waiting: 0, heartbeatKills: 0, unresponsive: 0, restarts: 0 }
  return {
    version,
    pid,
    uptime,
    ...noWorkers,
    total: stats,
    routes: metrics.durations.values(),
    workers: [worker],
  }
}
