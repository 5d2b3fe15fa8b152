import type { ErrorLog } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { checkLogger, type Logger } from './logger.ts'

/**
 * Returns an error log for a gateway that writes to a logger: errors at level `error` under the key `err`, lines of text at
 * level `warn`, each with the request that it belongs to.
 *
 * `log()` already does this for the requests that reach it. A gateway also reports problems with other requests.
 *
 * @throws TypeError if the logger lacks a method.
 *
 * @example
 * ```ts
 * import { text, toFetch } from '@tsgi/core'
 * import { errorLog } from '@tsgi/log'
 * import { pino } from 'pino'
 *
 * const fetch = toFetch(() => text('Hello'), { errors: errorLog(pino()) })
 * ```
 */
export function errorLog(logger: Logger): ErrorLog {
  checkLogger('errorLog', logger)
  return {
    write(problem, request) {
      // The gateway reports a rejection if the logger returns a promise.
      if (typeof problem === 'string') return logger.warn({ ...request }, problem)
      const isError = problem instanceof Error
      const message = isError ? problem.message : `The application threw ${describe(problem)}`
      return logger.error({ err: problem, ...request }, message)
    },
  }
}
