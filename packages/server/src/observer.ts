import type { Environ } from '@tsgi/core'
import type { Answered, Requested } from './access-log.ts'

/** One request, as observers see it. */
export interface Observed extends Answered, Pick<Environ, 'finished'> {
  readonly environ: Environ
  readonly incoming: Requested
  /** Which request of the process this is, where someone counts them. */
  number: number
  /** When it came, in milliseconds of the process, where someone times them. */
  startedAt: number
  /** Whether it was over its deadline. */
  readonly givenUp: boolean
}

/** Told of the requests of a process that reach the application. It must not throw. */
export interface Observer {
  began(request: Observed): void
  ended(request: Observed): void
}
