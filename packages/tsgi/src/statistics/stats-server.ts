import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { HostAndPort } from '../config/flag-kinds.ts'
import { CommandError } from '../console/command-error.ts'
import { warn } from '../console/log.ts'
import type { Readiness, StatsReport } from './stats-report.ts'
import type { StatsMessage } from './stats-thread.ts'

/** What the statistics address reports. */
export interface StatsSource {
  report(): StatsReport
  ready(): Promise<Readiness>
}

/**
 * Serves the statistics: `/metrics` for Prometheus, `/` in JSON, and `/ready` and `/live` for probes. The HTTP server runs
 * in its own thread, so that a fault in it cannot end this process.
 *
 * @returns the address.
 */
export async function serveStats(place: HostAndPort, source: StatsSource): Promise<string> {
  const file = join(import.meta.dirname, `stats-thread${extname(import.meta.filename)}`)
  const thread = new Worker(file, { workerData: place, execArgv: [], name: 'tsgi stats' })
  thread.unref()
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  thread.on('message', (message: StatsMessage) => {
    if (message.type === 'report') thread.postMessage({ id: message.id, reply: source.report() })
    else if (message.type === 'ready')
      source.ready().then((reply) => thread.postMessage({ id: message.id, reply }))
    else if (message.type === 'listening') resolve(message.address)
    else if (message.type === 'failed') reject(new CommandError(`--stats: ${message.problem}`, 1))
  })
  thread.on('error', (error) => {
    warn(`the statistics server has failed: ${error}`)
    reject(new CommandError(`--stats: ${error.message}`, 1, { cause: error }))
  })
  return promise
}
