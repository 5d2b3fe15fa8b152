/**
 * Preloaded in every process of the server: collects all garbage at intervals and appends the memory that is in use to the
 * file TSGI_HEAP_LOG, one line of JSON each time.
 */
import cluster from 'node:cluster'
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** The memory of one process after a complete garbage collection, in bytes. */
export interface HeapSample {
  readonly pid: number
  readonly isWorker: boolean
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
}

const INTERVAL_MS = 5_000
const { TSGI_HEAP_LOG: file } = process.env

if (isMainThread && file !== undefined) setInterval(() => write(file), INTERVAL_MS).unref()

function write(file: string): void {
  globalThis.gc!()
  try {
    const { heapUsed, external, rss } = process.memoryUsage()
    const { isWorker } = cluster
    const sample: HeapSample = { pid: process.pid, isWorker, at: Date.now(), heapUsed, external, rss }
    appendFileSync(file, `${JSON.stringify(sample)}\n`)
  } catch {
    // While the process has no file descriptors, which is one of the disturbances, both fail.
  }
}
