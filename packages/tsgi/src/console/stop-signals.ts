import { log } from './log.ts'

/**
 * Handles SIGINT and SIGTERM.
 *
 * @param stop Called for the first signal; stops gracefully.
 * @param kill Called for the second signal, before the process exits.
 */
export function onStopSignals(stop: () => void, kill: () => void = () => {}): void {
  let stopping = false
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, () => {
      if (stopping) {
        kill()
        process.exit(128 + number)
      }
      stopping = true
      log(`received ${signal}, stopping`)
      stop()
    })
  }
}
