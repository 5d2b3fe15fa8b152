import type { Environ } from '../contract/environ.ts'
import { type ErrorLog, reportedRequest, requestLine } from '../contract/error-log.ts'
import { reportFailure } from '../response/report.ts'

/**
 * The log that gateways use by default: writes to standard error, errors with their stack and causes, and begins with the
 * request: `GET /users/7 (/users/:id): Error: …`.
 *
 * @example
 * ```ts
 * import { consoleErrors } from '@tsgi/core/gateway'
 *
 * const settings: { errors?: typeof consoleErrors } = {}
 * const errors = settings.errors ?? consoleErrors
 * typeof errors.write // => 'function'
 * ```
 */
export const consoleErrors: ErrorLog = {
  write(problem, request) {
    const line = request && requestLine(request)
    if (line === undefined || messageOf(problem).startsWith(line)) console.error(problem)
    else console.error(`${line}:`, problem)
  },
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem)
}

/** Returns the same log, which never throws: that it fails is no reason for a request to fail. */
export function safeLog(log: ErrorLog): ErrorLog {
  return {
    write(problem, request) {
      try {
        log.write(problem, request)
      } catch (failure) {
        reportFailure(failure, problem)
      }
    },
  }
}

/**
 * Returns the log of one request: it adds to each report which request it belongs to.
 *
 * @param requestId The gateway's own id of the request.
 *
 * @example
 * ```ts
 * import { requestLine, requestLog } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const lines: string[] = []
 * const log = requestLog(
 *   { write: (problem, request) => lines.push(`${request && requestLine(request)}: ${problem}`) },
 *   testEnviron('/users/7'),
 * )
 * log.write('no such user')
 * lines // => ['GET /users/7: no such user']
 * ```
 */
export function requestLog(log: ErrorLog, environ: Environ, requestId?: string): ErrorLog {
  return {
    write(problem, request = reportedRequest(environ, requestId)) {
      log.write(problem, request)
    },
  }
}
