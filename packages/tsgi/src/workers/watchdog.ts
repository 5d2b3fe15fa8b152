import { url as inspectorUrl } from 'node:inspector'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { InFlight } from './in-flight.ts'
import type { WatchdogData } from './watchdog-thread.ts'

/**
 * Watches the event loop from a thread beside it. Where it is blocked for longer than `timeout` milliseconds, the
 * thread tells the master which requests the process is at, and ends it.
 */
export function startWatchdog(inFlight: InFlight, timeout: number): void {
  // A debugger blocks it on purpose.
  if (inspectorUrl() !== undefined) return
  const workerData: WatchdogData = { memory: inFlight.memory, timeout }
  const file = join(import.meta.dirname, `watchdog-thread${extname(import.meta.filename)}`)
  new Worker(file, { workerData, execArgv: [], name: 'tsgi watchdog' }).unref()
  setInterval(() => inFlight.beat(), timeout / 10).unref()
}
