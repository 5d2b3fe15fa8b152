import type { ErrorLog } from '../contract/error-log.ts'
import type { GatewayLifecycle } from '../contract/lifecycle.ts'
import { describe } from '../options/describe.ts'
import { type Limits, readLimits } from '../options/limits.ts'
import { consoleErrors, safeLog } from './error-log.ts'
import { type RequestLimits, requestBounds } from './limits.ts'
import type { Observer } from './observer.ts'
import type { LoadShedder } from './shedding/load-shedder.ts'
import type { Stoppable } from './stopping/graceful-close.ts'
import { type OpenStream, openStreams } from './stopping/open-streams.ts'
import { OpenSockets } from './upgrade/open-sockets.ts'

/** The options that every gateway accepts. */
export interface ExchangeOptions extends RequestLimits {
  /** The log that receives problems; standard error by default. */
  readonly errors?: ErrorLog
  /** The observers of every request, called in this order. */
  readonly observers?: readonly Observer[]
  /** Rejects requests with status 503 while the process is overloaded. Default: none. */
  readonly loadShedder?: LoadShedder | undefined
}

/** How a gateway that starts resources does so. */
export interface LifecycleSettings {
  /** The resources that the gateway starts before it calls the application, and {@link closeInTime} stops. */
  readonly lifecycle?: GatewayLifecycle | undefined
  /** Called if a request had to start resources, because the gateway was not given their lifecycle. */
  readonly onLazyStart?: ((names: readonly string[]) => void) | undefined
}

/** The state that all requests of a gateway share. */
export interface ExchangeSettings extends Stoppable {
  readonly onLazyStart: LifecycleSettings['onLazyStart']
  readonly limits: Limits<RequestLimits>
  readonly observers: readonly Observer[]
  readonly loadShedder: LoadShedder | undefined
  /** Whether each request gets an id, because an observer needs it. */
  readonly hasRequestIds: boolean
  /** The streamed bodies that end early when the gateway starts to stop. */
  readonly streams: Set<OpenStream>
  /** The open WebSockets. */
  readonly sockets: OpenSockets
}

/**
 * Checks the application and the options of a gateway, and creates the state that its requests share.
 *
 * @param factory The name at the beginning of error messages.
 * @throws TypeError if the application is not a function, or an option is invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { exchangeSettings } from '@tsgi/core/gateway'
 *
 * const { limits } = exchangeSettings('serve', () => text('Hello'), { requestTimeout: '30s' })
 * limits.requestTimeout // => 30_000
 * ```
 */
export function exchangeSettings(
  factory: string,
  app: unknown,
  options: ExchangeOptions = {},
  { lifecycle, onLazyStart, maxWebSockets = 0 }: LifecycleSettings & { readonly maxWebSockets?: number } = {},
): ExchangeSettings {
  const { errors = consoleErrors, observers = [], loadShedder } = options
  if (typeof app !== 'function') {
    throw new TypeError(`${factory}: the application must be a function, got ${describe(app)}`)
  }
  if (typeof errors?.write !== 'function') {
    throw new TypeError(`${factory}: errors must have a method write(problem), got ${describe(errors)}`)
  }
  if (!Array.isArray(observers) || observers.some((one) => typeof one !== 'object' || one === null)) {
    throw new TypeError(`${factory}: observers must be a list of observers, got ${describe(observers)}`)
  }
  if (loadShedder !== undefined && typeof loadShedder?.rejects !== 'function') {
    throw new TypeError(`${factory}: loadShedder must be a LoadShedder, got ${describe(loadShedder)}`)
  }
  const isCounted = loadShedder === undefined || observers.includes(loadShedder)
  if (
    lifecycle !== undefined &&
    (typeof lifecycle?.start !== 'function' || typeof lifecycle.stop !== 'function')
  ) {
    throw new TypeError(`${factory}: lifecycle must be made by lifecycle(…), got ${describe(lifecycle)}`)
  }
  const stopping = new AbortController()
  const sockets = new OpenSockets({ maxWebSockets })
  stopping.signal.addEventListener('abort', () => {
    sockets.stop({ code: 1001, reason: 'The server is stopping' })
  })
  return {
    errors: safeLog(errors),
    limits: readLimits(factory, options, requestBounds),
    observers: isCounted ? observers : [...observers, loadShedder],
    loadShedder,
    hasRequestIds: observers.some(({ needsRequestId }) => needsRequestId),
    tasks: new Set(),
    lifecycle,
    lazyLifecycles: new Set(),
    onLazyStart,
    stopping,
    streams: openStreams(stopping.signal),
    sockets,
  }
}
