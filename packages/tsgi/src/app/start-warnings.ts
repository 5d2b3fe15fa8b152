import type { GatewayLifecycle } from '@tsgi/core/gateway'
import { warn } from '../console/log.ts'

/** Milliseconds. */
const SLOW_MS = 3_000

/** Calls `onSlow` with the name of a resource if it has not started after 3 seconds. */
export function watchStart(lifecycle: GatewayLifecycle | undefined, onSlow: (name: string) => void): void {
  const timer = setTimeout(() => {
    // The application may use an older version of `@tsgi/core`.
    const name = lifecycle?.waitingFor?.()
    if (name !== undefined) onSlow(name)
  }, SLOW_MS)
  timer.unref()
}

/** Resources that start late. */
export interface LateStart {
  readonly names: readonly string[]
  /** Whether the process waits for them; if not, requests had to start them, because their export was forgotten. */
  readonly isWaiting: boolean
}

/** Warns once of resources that start late, however many workers there are. */
export class StartWarnings {
  readonly #known = new Set<string>()

  warn({ names, isWaiting }: LateStart): void {
    const list = names.join(', ')
    const line = isWaiting
      ? `waiting for the resource '${list}' to start`
      : `a request had to start ${list}: export the lifecycle of the application as 'lifecycle', ` +
        'so that resources start before the first request'
    if (this.#known.has(line)) return
    this.#known.add(line)
    warn(line)
  }
}
