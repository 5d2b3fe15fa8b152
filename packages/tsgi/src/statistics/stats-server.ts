import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { HostAndPort } from '../config/flag-kinds.ts'
import { CommandError } from '../console/command-error.ts'
import { warn } from '../console/log.ts'
import type { StatsReport } from './stats-report.ts'
import type { StatsMessage } from './stats-thread.ts'

/**
 * Serves the statistics: `/metrics` for Prometheus, `/` in JSON. The HTTP server runs in its own thread, so that a
 * fault in it cannot end this process.
 *
 * @returns the address.
 */
export async function serveStats(place: HostAndPort, report: () => StatsReport): Promise<string> {
  const file = join(import.meta.dirname, `stats-thread${extname(import.meta.filename)}`)
  const thread = new Worker(file, { workerData: place, execArgv: [], name: 'tsgi stats' })
  thread.unref()
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  thread.on('message', (message: StatsMessage) => {
    if (message.type === 'report') thread.postMessage({ id: message.id, report: report() })
    else if (message.type === 'listening') resolve(message.address)
    else reject(new CommandError(`--stats: ${message.problem}`, 1))
  })
  thread.on('error', (error) => {
    warn(`the statistics server has failed: ${error}`)
    reject(new CommandError(`--stats: ${error.message}`, 1, { cause: error }))
  })
  return promise
}
