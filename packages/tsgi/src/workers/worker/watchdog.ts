import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { HEARTBEAT_MS } from '../messages.ts'
import type { InFlight } from './in-flight.ts'
import type { WatchdogData } from './watchdog-thread.ts'

/**
 * Watches the event loop from another thread. If it is blocked for longer than `timeout` milliseconds, the thread reports
 * the requests in flight to the master and kills the process. 0 for no limit.
 */
export function startWatchdog(inFlight: InFlight, timeout: number = HEARTBEAT_MS): void {
  if (timeout === 0) return
  const workerData: WatchdogData = { memory: inFlight.memory, timeout }
  const file = join(import.meta.dirname, `watchdog-thread${extname(import.meta.filename)}`)
  new Worker(file, { workerData, execArgv: [], name: 'tsgi watchdog' }).unref()
  setInterval(() => inFlight.beat(), timeout / 10).unref()
}
