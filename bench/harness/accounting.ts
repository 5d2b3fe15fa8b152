/**
 * Loaded into every contender's process before its program (`--import`): answers the harness, over IPC, with what the process
 * has used so far.
 */

/** What a process has used since it began. */
export interface Usage {
  /** Microseconds of CPU, in the program and in the kernel for it, all threads together. */
  cpu: number
  /** Bytes of memory it has held at most. */
  peakMemory: number
  /** Bytes of memory it holds. */
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

// A program that has nothing else to wait for ends, as it would without us.
process.channel?.unref()

// Where the harness was killed, nobody else is left to end this.
process.on('disconnect', () => process.exit())
