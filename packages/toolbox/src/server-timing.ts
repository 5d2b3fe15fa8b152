import {
  type Application,
  chain,
  type Environ,
  extend,
  handle,
  type Middleware,
  withHeaders,
} from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'
import { Metrics } from './timing-metrics.ts'

/**
 * The options of {@link serverTiming}.
 *
 * @example
 * ```ts
 * import type { ServerTimingOptions } from '@tsgi/toolbox'
 *
 * const options: ServerTimingOptions = { when: ({ headers }) => headers.has('x-debug') }
 * ```
 */
export interface ServerTimingOptions {
  /** Whether to send the header with the response to a request. By default always. */
  readonly when?: ((environ: Environ) => boolean) | undefined
}

/**
 * Measures parts of a request: `environ.timing`, provided by {@link serverTiming}.
 *
 * @example
 * ```ts
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { serverTiming, type Timing } from '@tsgi/toolbox'
 *
 * const load = (timing: Timing) => timing.measure('db', async () => [1, 2])
 * const web = client(serverTiming()(async ({ timing }) => json(await load(timing))))
 * const { headers } = await web.get('/')
 * headers.get('server-timing')?.replace(/[\d.]+/g, '0') // => 'db;dur=0, total;dur=0'
 * ```
 */
export interface Timing {
  /** Calls a function and adds the time that it takes, also if it throws or rejects. Returns its result. */
  measure<T>(name: string, work: () => T): T
  /** Adds a duration in milliseconds, a description, or both. Durations of the same name are added up. */
  add(name: string, duration?: number, description?: string): void
}

/**
 * Adds `timing` to the environ, and the header `Server-Timing` to the response: what was measured, and the total time until
 * the application returned the response. Browsers show it in their developer tools.
 *
 * Source: W3C Server Timing.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { serverTiming } from '@tsgi/toolbox'
 *
 * const application = serverTiming()(({ timing }) => {
 *   timing.add('cache', undefined, 'miss')
 *   timing.add('db', 53.2)
 *   return text('Hello')
 * })
 * const { headers } = await client(application).get('/')
 * headers.get('server-timing')?.startsWith('cache;desc="miss", db;dur=53.2, total;dur=') // => true
 * ```
 */
export function serverTiming(options: ServerTimingOptions = {}): Middleware<{ timing: Timing }> {
  checkOptions('serverTiming', options, ['when'])
  const { when = () => true } = options
  if (typeof when !== 'function') {
    throw new TypeError(`serverTiming: when must be a function, got ${describe(when)}`)
  }

  return function serverTiming<E extends object>(app: Application<E & { timing: Timing }>): Application<E> {
    return function serverTiming(environ: Environ & E) {
      const timing = new Metrics()
      return chain(handle(app, extend(environ, { timing })), (response) => {
        if (!when(environ)) return response
        timing.addTotal()
        const before = response.headers.get('server-timing')
        return withHeaders(response, { 'server-timing': before ? `${before}, ${timing}` : String(timing) })
      })
    }
  }
}
