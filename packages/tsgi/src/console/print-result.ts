import { ignoreOutputErrors } from './log.ts'

/**
 * Sends everything that the application prints to standard error from now on. Returns a function that prints the result of
 * the command, and ends the process: the application may have timers or connections that keep it running.
 */
export function reserveOutput(): (result: string) => Promise<never> {
  ignoreOutputErrors()
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  return async (result) => {
    // Also called if nobody reads any more.
    await new Promise<unknown>((resolve) => write(result, resolve))
    process.exit()
  }
}
