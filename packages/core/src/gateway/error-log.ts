import type { Environ } from '../contract/environ.ts'
import { type ErrorLog, type ReportedRequest, reportedRequest, requestLine } from '../contract/error-log.ts'
import { ignoreRejection } from '../options/ignore-rejection.ts'
import { messageOf } from '../options/message-of.ts'
import { shortenReport } from '../options/shorten-report.ts'
import { reportFailure } from '../response/report.ts'

/**
 * The default log of gateways. Writes to standard error and begins each report with the request, for example
 * `GET /users/7 (/users/:id): Error: …`. Errors are written with their stack and causes, cut to 16 KiB per error.
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
    const short = shortenReport(problem)
    if (line === undefined || messageOf(problem).startsWith(line)) console.error(short)
    else console.error(`${line}:`, short)
  },
}

/** Wraps a log so that it neither throws nor returns a promise that rejects: a failing log must not fail a request. */
export function safeLog(log: ErrorLog): ErrorLog {
  return {
    write(problem, request) {
      ignoreRejection(problem)
      try {
        const returned: unknown = log.write(problem, request)
        if (returned instanceof Promise) returned.catch((failure) => reportFailure(failure, problem))
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
 * @param isComplete Whether the route and the id are known. The log then does not keep the environ in memory, which matters
 *   to a WebSocket that is open for days. Default: `false`.
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
export function requestLog(
  log: ErrorLog,
  environ: Environ,
  requestId?: string,
  isComplete = false,
): ErrorLog {
  if (isComplete) return new ReportedLog(log, reportedRequest(environ, requestId))
  return {
    write(problem, request = reportedRequest(environ, requestId)) {
      log.write(problem, request)
    },
  }
}

/** The log of a request that keeps nothing of the request but what reports say about it. */
class ReportedLog implements ErrorLog {
  readonly #log: ErrorLog
  readonly #request: ReportedRequest

  constructor(log: ErrorLog, request: ReportedRequest) {
    this.#log = log
    this.#request = request
  }

  write(problem: unknown, request: ReportedRequest = this.#request): void {
    this.#log.write(problem, request)
  }
}
