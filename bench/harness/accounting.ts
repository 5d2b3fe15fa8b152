/**
 * Loaded into every contender's process before its program (`--import`). Tells the harness over IPC what the process has
 * used so far.
 */

import { flushCompileCache } from 'node:module'

/** What a process has used since it started. */
export interface Usage {
  /** CPU time in microseconds: user and system, all threads. */
  cpu: number
  /** Maximum resident set size in bytes. */
  peakMemory: number
  /** Resident set size in bytes. */
  memory: number
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const usage: Usage = {
    cpu: user + system,
    peakMemory: process.resourceUsage().maxRSS * 1024,
    memory: process.memoryUsage.rss(),
  }
  process.send?.(usage)
})

// A program that is stopped by a signal does not write the cache, which only tests use.
if (process.env.NODE_COMPILE_CACHE !== undefined) setTimeout(flushCompileCache, 300).unref()

// The channel must not keep a program alive that would otherwise end.
process.channel?.unref()

// If the harness was killed, nobody else ends this process.
process.on('disconnect', () => process.exit())
