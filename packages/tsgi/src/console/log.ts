import { shortenReport } from '@tsgi/core/options'

/** Writes a line to standard output, prefixed with the name of the command. */
export function log(line: string): void {
  console.log(`tsgi: ${line}`)
}

/** Writes a line to standard error, prefixed with the name of the command. */
export function warn(line: string): void {
  console.error(`tsgi: ${line}`)
}

/** Keeps the process running if standard output or standard error fails, for example on a full disk. Lines are lost. */
export function ignoreOutputErrors(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})
}

/** Resolves when all output has been written, or after a second if nobody reads it. Call it before the process exits. */
export async function flushOutput(): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, FLUSH_MS).unref())
  const written = [process.stdout, process.stderr].map(
    (output) => new Promise((resolve) => output.write('', resolve)),
  )
  await Promise.race([late, Promise.all(written)])
}

/** Milliseconds. */
const FLUSH_MS = 1_000

/** Returns a number with its noun: `'1 worker'`, `'2 workers'`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Reports an error that nothing has caught. Never throws, even if the error cannot be printed. */
export function reportUncaught(error: unknown): void {
  try {
    console.error('tsgi: uncaught exception outside of a request:', shortenReport(error))
  } catch {
    warn('uncaught exception outside of a request, which cannot be printed')
  }
}
