import type { Environ } from '../contract/environ.ts'
import { type ErrorLog, reportedRequest, requestLine } from '../contract/error-log.ts'
import { reportFailure } from '../response/report.ts'

/**
 * The default log of gateways: writes to standard error, errors with their stack and causes, and starts with the request:
 * `GET /users/7 (/users/:id): Error: …`.
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

/** Returns the same log, except that it never throws: a failing log is no reason to fail a request. */
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
 * Returns the log of one request, which adds the request to each report.
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
