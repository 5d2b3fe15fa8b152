/** The thread that {@link startWatchdog} starts. */
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { LAST_WORDS_FD, type LastWords } from '../messages.ts'
import { beats, requestsIn } from './in-flight.ts'

export interface WatchdogData {
  readonly memory: SharedArrayBuffer
  readonly timeout: number
}

const { memory, timeout } = workerData as WatchdogData
/** Maximum number of requests in a report, which must fit into the pipe in one write. */
const MAX_REQUESTS = 10

const interval = Math.max(10, timeout / 5)
let last = -1
// Count checks instead of time: while the machine sleeps, the clock continues but processes do not.
let missed = 0

setInterval(() => {
  const now = beats(memory)
  missed = now === last ? missed + 1 : 0
  last = now
  if (missed * interval < timeout) return
  const words: LastWords = { blocked: timeout, requests: requestsIn(memory).slice(0, MAX_REQUESTS) }
  try {
    writeSync(LAST_WORDS_FD, `${JSON.stringify(words)}\n`)
  } finally {
    process.kill(process.pid, 'SIGKILL')
  }
}, interval)
