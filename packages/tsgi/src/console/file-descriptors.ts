import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { log, warn } from './log.ts'

/**
 * Reports when the process runs out of file descriptors, and when it has some again. Node closes connections that it
 * cannot accept without an event.
 *
 * @returns a function that checks immediately.
 */
export function reportExhaustion(): () => void {
  let exhausted = false
  const check = () => {
    const before = exhausted
    exhausted = isExhausted()
    if (exhausted && !before)
      warn(
        `process ${process.pid} has run out of file descriptors: new connections are closed (see ulimit -n)`,
      )
    else if (before && !exhausted) log(`process ${process.pid} has file descriptors again`)
  }
  setInterval(check, CHECK_MS).unref()
  return check
}

const CHECK_MS = 500

function isExhausted(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return false
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'EMFILE' || code === 'ENFILE'
  }
}
