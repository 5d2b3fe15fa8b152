import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { InFlight } from './in-flight.ts'
import type { WatchdogData } from './watchdog-thread.ts'

/**
 * Watches the event loop from another thread. If it is blocked for longer than `timeout` milliseconds, the thread reports
 * the requests in flight to the master and kills the process.
 */
export function startWatchdog(inFlight: InFlight, timeout: number): void {
  const workerData: WatchdogData = { memory: inFlight.memory, timeout }
  const file = join(import.meta.dirname, `watchdog-thread${extname(import.meta.filename)}`)
  new Worker(file, { workerData, execArgv: [], name: 'tsgi watchdog' }).unref()
  setInterval(() => inFlight.beat(), timeout / 10).unref()
}
