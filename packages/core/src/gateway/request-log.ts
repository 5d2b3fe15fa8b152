import type { Environ } from '../contract/environ.ts'
import type { ErrorLog } from '../contract/error-log.ts'
import { safeLog } from './error-log.ts'
import { exchangeOf } from './gateway-environ.ts'
import { isRequestId } from './observer.ts'

/**
 * Returns the id of a request, the same for all copies of its environ. It is the `X-Request-Id` that a trusted proxy sent
 * if that is well-formed (1 to 128 letters, digits, `.`, `_`, `:` and `-`), otherwise a new UUID. Reports, the access log
 * and the response have it, too.
 *
 * @example
 * ```ts
 * import { requestIdOf } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const environ = testEnviron('/')
 * requestIdOf(environ) === requestIdOf(environ) // => true
 * ```
 */
export function requestIdOf(environ: Environ): string {
  return exchangeOf(environ)?.identify?.() ?? crypto.randomUUID()
}

/**
 * Sets the id of a request, for example to one that the application trusts. Ignores an id that is not well-formed.
 *
 * @example
 * ```ts
 * import { requestIdOf, setRequestId } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const environ = testEnviron('/')
 * setRequestId(environ, '4f3a')
 * requestIdOf(environ) // => '4f3a'
 * ```
 */
export function setRequestId(environ: Environ, id: string): void {
  if (isRequestId(id)) exchangeOf(environ)?.identify?.(id)
}

/**
 * Sends the problems of a request to another log than the gateway's, including those that the gateway itself finds later.
 *
 * @example
 * ```ts
 * import { setErrorLog } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const problems: unknown[] = []
 * const environ = testEnviron('/')
 * setErrorLog(environ, { write: (problem) => problems.push(problem) })
 * environ.errors.write('no such user')
 * problems // => ['no such user']
 * ```
 */
export function setErrorLog(environ: Environ, log: ErrorLog): void {
  const exchange = exchangeOf(environ)
  if (exchange !== undefined) exchange.errorLog = safeLog(log)
}
