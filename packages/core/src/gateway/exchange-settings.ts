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

/** The options of gateways and fetch handlers. */
export interface BaseOptions {
  /** The log that receives problems; standard error by default. */
  readonly errors?: ErrorLog
  /** The observers of every request, called in this order. */
  readonly observers?: readonly Observer[]
}

/** The options that every gateway accepts. */
export interface ExchangeOptions extends BaseOptions, RequestLimits {
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

/** The state that all requests of a gateway or a fetch handler share. */
export interface BaseSettings extends Stoppable {
  readonly onLazyStart: LifecycleSettings['onLazyStart']
  readonly observers: readonly Observer[]
  /** Whether each request gets an id, because an observer needs it. */
  readonly hasRequestIds: boolean
  /** The streamed bodies that end early when the gateway starts to stop. */
  readonly streams: Set<OpenStream>
}

/** The state that all requests of a gateway share. */
export interface ExchangeSettings extends BaseSettings {
  readonly limits: Limits<RequestLimits>
  readonly loadShedder: LoadShedder | undefined
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
  const { loadShedder } = options
  const settings = baseSettings(factory, app, options)
  if (loadShedder !== undefined && typeof loadShedder?.rejects !== 'function') {
    throw new TypeError(`${factory}: loadShedder must be a LoadShedder, got ${describe(loadShedder)}`)
  }
  if (
    lifecycle !== undefined &&
    (typeof lifecycle?.start !== 'function' || typeof lifecycle.stop !== 'function')
  ) {
    throw new TypeError(`${factory}: lifecycle must be made by lifecycle(…), got ${describe(lifecycle)}`)
  }
  const { observers, stopping } = settings
  const isCounted = loadShedder === undefined || observers.includes(loadShedder)
  return {
    ...settings,
    limits: readLimits(factory, options, requestBounds),
    observers: isCounted ? observers : [...observers, loadShedder],
    loadShedder,
    lifecycle,
    onLazyStart,
    sockets: new OpenSockets({ maxWebSockets, stopping: stopping.signal }),
  }
}

/** Checks the application and the options that fetch handlers also accept, and creates the state that their requests share. */
export function baseSettings(
  factory: string,
  app: unknown,
  { errors = consoleErrors, observers = [] }: BaseOptions,
): BaseSettings {
  if (typeof app !== 'function') {
    throw new TypeError(`${factory}: the application must be a function, got ${describe(app)}`)
  }
  if (typeof errors?.write !== 'function') {
    throw new TypeError(`${factory}: errors must have a method write(problem), got ${describe(errors)}`)
  }
  if (!Array.isArray(observers) || observers.some((one) => typeof one !== 'object' || one === null)) {
    throw new TypeError(`${factory}: observers must be a list of observers, got ${describe(observers)}`)
  }
  const stopping = new AbortController()
  return {
    errors: safeLog(errors),
    observers,
    hasRequestIds: observers.some(({ needsRequestId }) => needsRequestId),
    tasks: new Set(),
    lifecycle: undefined,
    lazyLifecycles: new Set(),
    onLazyStart: undefined,
    stopping,
    streams: openStreams(stopping.signal),
  }
}
