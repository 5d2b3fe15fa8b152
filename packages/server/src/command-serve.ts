import { setTimeout as sleep } from 'node:timers/promises'
import { consoleErrors } from '@tsgi/core/gateway'
import { Activity } from './activity.ts'
import { CommandError } from './command-error.ts'
import { flagsHelp } from './flags.ts'
import type { Health } from './health.ts'
import { loadServed } from './load-application.ts'
import { runMaster } from './master.ts'
import { readableAddress } from './readable-address.ts'
import { rereadSettings } from './reread-settings.ts'
import { type DrainableServer, ownProcess, startServers } from './serve.ts'
import { serveOptions, startFailure } from './serve-options.ts'
import { readSettings, type ServeSettings } from './serve-settings.ts'
import type { StatsReport } from './stats-report.ts'
import { serveStats } from './stats-server.ts'
import { version } from './version.ts'

export const serveUsage: string = `tsgi serve [FILE] [options]

Serves the application that FILE exports as 'default' or 'application'; without FILE, that of the configuration.

${flagsHelp()}
--http, --https and --unix may be repeated. SIGINT and SIGTERM stop gracefully; a second one stops at once. With --workers,
SIGHUP has the configuration read again and replaces the workers one after the other without losing a request, SIGTTIN
adds one, and SIGTTOU removes one; without, it has the certificate read again.
`

/** `tsgi serve`: serves until a signal comes. */
export async function commandServe(args: readonly string[]): Promise<void> {
  const settings = await readSettings(args, 'serve')
  if (settings.pidFile !== undefined && settings.workers === undefined) {
    throw new CommandError('--pid-file needs --workers: one process has no master to be found', 2)
  }
  if (settings.workers !== undefined) {
    const reread = (before: ServeSettings) =>
      rereadSettings(args, before, (line) => console.error(`tsgi: ${line}`))
    return runMaster(settings, settings.workers, { reread })
  }
  const health = { ready: true }
  const server = await start(settings, health)
  stopOnSignals(async () => {
    health.ready = false
    server.letGo()
    await sleep(settings.drainDelay ?? 0)
    await server.close()
  })
  if (settings.cert !== undefined) {
    process.on('SIGHUP', () => {
      server
        .reloadCertificate()
        .then(() => console.log('tsgi: SIGHUP: read the certificate again'), console.error)
    })
  }
  for (const address of server.addresses) console.log(`tsgi: listening on ${readableAddress(address)}`)
}

async function start(settings: ServeSettings, health: Health): Promise<DrainableServer> {
  const application = await loadServed(settings, health)
  try {
    if (settings.stats === undefined)
      return await startServers(application, serveOptions(settings), ownProcess)
    const activity = new Activity()
    const options = { ...serveOptions(settings), errors: activity.counting(consoleErrors) }
    const server = await startServers(application, options, { ...ownProcess, observers: [activity] })
    const stats = await serveStats(settings.stats, () => reportOf(activity))
    console.log(`tsgi: stats on ${stats.address}`)
    return server
  } catch (error) {
    throw startFailure(error)
  }
}

/** What the one process is doing, as though it were a worker. */
function reportOf(activity: Activity): StatsReport {
  const stats = activity.stats()
  const { pid } = process
  const uptime = process.uptime()
  const worker = { ...stats, id: 0, pid, state: 'serving', uptime } as const
  return { version, pid, uptime, waiting: 0, heartbeatKills: 0, restarts: 0, total: stats, workers: [worker] }
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + number)
      stopping = true
      console.log(`tsgi: ${signal}: stopping`)
      stop().then(() => process.exit(0))
    })
  }
}
