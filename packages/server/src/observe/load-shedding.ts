import { LoadShedder } from '@tsgi/core/gateway'
import { type Bounds, type Duration, duration, readLimits } from '@tsgi/core/options'
import { EventLoopDelay } from './event-loop-delay.ts'

/** The options that say when a process rejects requests with status 503 because it is overloaded. */
export interface LoadSheddingOptions {
  /**
   * Maximum number of requests in flight in this process; further ones get 503. A streamed response counts until it has
   * ended. Default: no limit.
   */
  readonly maxInFlight?: number
  /**
   * The delay of the event loop from which requests get 503, if it lasts for more than a single pause. 0 by default, which
   * means no limit.
   */
  readonly maxEventLoopDelay?: Duration
  /** Paths that are never rejected because of these limits, such as that of a health check. Default: none. */
  readonly neverShed?: string | readonly string[]
}

/** The names of {@link LoadSheddingOptions}. */
export const loadSheddingOptionNames: readonly string[] = ['maxInFlight', 'maxEventLoopDelay', 'neverShed']

const bounds: Readonly<Record<'maxEventLoopDelay', Bounds>> = { maxEventLoopDelay: duration(0) }

/** The load shedder of a process and the meter that it needs. */
export interface LoadShedding {
  readonly loadShedder: LoadShedder
  /** Measures the event loop until the signal aborts. */
  start(stopping: AbortSignal): void
}

/**
 * Returns the load shedder that the options describe; undefined if they set no limit.
 *
 * @throws TypeError if an option is invalid.
 */
export function createLoadShedding(
  { maxInFlight, neverShed, ...options }: LoadSheddingOptions,
  write: (line: string) => void,
): LoadShedding | undefined {
  const { maxEventLoopDelay } = readLimits('serve', options, bounds)
  const delay = maxEventLoopDelay > 0 ? new EventLoopDelay(maxEventLoopDelay) : undefined
  const loadShedder = new LoadShedder(
    {
      ...(maxInFlight !== undefined && { maxInFlight }),
      ...(neverShed !== undefined && { neverShed }),
      overload() {
        const late = delay?.overload()
        return late === undefined ? undefined : `the event loop is ${Math.round(late)} ms late`
      },
      report(count, reason) {
        const requests = count === 1 ? '1 request' : `${count} requests`
        write(`process ${process.pid} is overloaded (${reason}): rejected ${requests} with status 503`)
      },
    },
    'serve',
  )
  if (delay === undefined && (maxInFlight ?? Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY) {
    return undefined
  }
  return {
    loadShedder,
    start(stopping) {
      if (delay === undefined) return
      delay.start()
      stopping.addEventListener('abort', () => delay.stop())
    },
  }
}
