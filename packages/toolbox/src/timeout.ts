import { type Application, type Environ, errorResponse, HttpError, handle, type Middleware } from '@tsgi/core'
import { abortRequest } from '@tsgi/core/gateway'
import { checkOptions, type Duration, duration, readLimits } from '@tsgi/core/options'

/**
 * The options of {@link timeout}.
 *
 * @example
 * ```ts
 * import type { TimeoutOptions } from '@tsgi/toolbox'
 *
 * const options: TimeoutOptions = { after: '10s' }
 * ```
 */
export interface TimeoutOptions {
  /** The time that the application has to return a response. Default: 30 seconds. */
  readonly after?: Duration | undefined
}

/**
 * Responds with 503 if the application does not return a response in time, and aborts `environ.signal`, so that work that
 * listens to the signal ends. What the application returns later is discarded. Streaming the body is not limited.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { setTimeout } from 'node:timers/promises'
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { timeout } from '@tsgi/toolbox'
 *
 * const application = timeout({ after: '20ms' })(async ({ signal }) => {
 *   await setTimeout(60_000, undefined, { signal })
 *   return text('too late')
 * })
 * const web = client(application, { errors: { write() {} } })
 * const response = await web.get('/')
 * response.status // => 503
 * ```
 */
export function timeout(options: TimeoutOptions = {}): Middleware {
  checkOptions('timeout', options, ['after'])
  const { after } = readLimits('timeout', options, { after: duration('30s', 1) })

  return function timeout<E extends object>(app: Application<E>): Application<E> {
    return function timeout(environ: Environ & E) {
      const response = handle(app, environ)
      return response instanceof Promise ? inTime(response, environ, after) : response
    }
  }
}

/** Resolves to the response, or to a 503 after the given milliseconds. */
function inTime(response: Promise<Response>, environ: Environ, after: number): Promise<Response> {
  return new Promise((resolve) => {
    let isOver = false
    const timer = setTimeout(() => {
      // If the client has left, nobody waits any more.
      if (environ.signal.aborted) return
      isOver = true
      const { method, scriptName, pathInfo } = environ
      const cause = new DOMException(
        `${method} ${scriptName}${pathInfo}: the application did not respond within ${after} ms`,
        'TimeoutError',
      )
      abortRequest(environ, cause)
      resolve(
        errorResponse(new HttpError(503, 'The application took too long to respond.', { cause }), environ),
      )
    }, after)
    response.then((response) => {
      clearTimeout(timer)
      if (isOver) response.body?.cancel().catch(() => {})
      else resolve(response)
    })
  })
}
