import {
  type Application,
  chain,
  type Environ,
  extend,
  type Finished,
  handle,
  type Middleware,
} from '@tsgi/core'
import { requestIdOf, sentStatus, setErrorLog } from '@tsgi/core/gateway'
import { checkBoolean, checkOptions, describe, ignoreRejection } from '@tsgi/core/options'
import { errorLog } from './error-log.ts'
import { checkLogger, LazyLog, type Logger, type RequestLog } from './logger.ts'

/** The options of {@link log}. `R` are the environ keys that the functions read. */
export interface LogOptions<R extends object = object> {
  /** Returns more bindings for the lines of a request. Called when its first line is written. */
  readonly bindings?: (environ: Environ & R) => Record<string, unknown>
  /** Whether the line of a request has the query, which may contain secrets. Default: `false`. */
  readonly query?: boolean
  /** The level of the line of a response with a status from 400 to 499. Default: `info`. */
  readonly clientErrors?: 'info' | 'warn'
  /** Returns whether to write no line for a request, for example of a health check. Default: never. */
  readonly ignore?: (environ: Environ & R) => boolean
}

const names = ['bindings', 'query', 'clientErrors', 'ignore']

/**
 * Adds `log` to the environ, a logger whose lines have the request's id, and writes a line when each response has ended: at
 * level `error` if its status is 500 or more. Problems that are reported to `environ.errors` go to the logger, too.
 *
 * @param logger A pino logger, or any other with the methods of {@link Logger}.
 * @throws TypeError if the logger lacks a method, or an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { log } from '@tsgi/log'
 * import { pino } from 'pino'
 *
 * const lines: string[] = []
 * const logger = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) })
 * const application = log(logger)(({ log }) => {
 *   log.info({ user: 'ada' }, 'signed in')
 *   return text('Hello')
 * })
 * await client(application).get('/')
 * const { requestId, ...line } = JSON.parse(lines[0]!)
 * line // => { level: 30, user: 'ada', msg: 'signed in' }
 * ```
 */
export function log<L extends Logger, R extends object = object>(
  logger: L,
  options: LogOptions<R> = {},
): Middleware<{ log: RequestLog<L> }, R> {
  checkOptions('log', options, names)
  checkLogger('log', logger)
  const { bindings, query = false, clientErrors = 'info', ignore } = options
  for (const [name, value] of Object.entries({ bindings, ignore })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`log: ${name} must be a function, got ${describe(value)}`)
    }
  }
  checkBoolean('log: query', query)
  if (clientErrors !== 'info' && clientErrors !== 'warn') {
    throw new TypeError(`log: clientErrors must be 'info' or 'warn', got ${describe(clientErrors)}`)
  }

  return function log<E extends R>(app: Application<E & { log: RequestLog<L> }>): Application<E> {
    return function log(environ) {
      const requestId = requestIdOf(environ)
      const own = () => ({ requestId, ...synchronous(bindings?.(environ)) })
      const lazy = new LazyLog(() => logger.child(own()) as Logger)
      setErrorLog(environ, {
        // The lines of the child have the request's id already.
        write: (problem, request) =>
          errorLog(lazy.logger).write(problem, request && { ...request, requestId: undefined }),
      })
      let status: number | undefined
      if (synchronous(ignore?.(environ)) !== true) {
        const { method, scriptName, pathInfo, queryString } = environ
        const url = scriptName + pathInfo + (query && queryString !== '' ? `?${queryString}` : '')
        const writeLine = (end: Finished) => {
          const line = lineOf(end, { method, url, route: environ.route, status })
          // Most requests write no lines of their own, and need no child.
          const [target, added] = lazy.isMade ? [lazy.logger, line] : [logger, { ...own(), ...line }]
          return target[levelOf(line.status, clientErrors)](added, `${method} ${url} ${line.status}`)
        }
        // Nothing waits for it, so an error of the bindings or the logger would end the process.
        environ.finished.then(writeLine).catch((error: unknown) => environ.errors.write(error))
      }
      const inner = extend(environ, { log: lazy as unknown as RequestLog<L> }) as Environ &
        E & { log: RequestLog<L> }
      return chain(handle(app, inner), (response) => {
        status = sentStatus(environ, response)
        return response
      })
    }
  }
}

/** Returns a value that must not be a promise. If it is one, its rejection must not end the process. */
function synchronous<T>(value: T): T {
  ignoreRejection(value)
  return value
}

function levelOf(status: number, clientErrors: 'info' | 'warn'): 'info' | 'warn' | 'error' {
  if (status < 400 || status === CLIENT_LEFT) return 'info'
  return status < 500 ? clientErrors : 'error'
}

interface Line {
  readonly method: string
  readonly url: string
  readonly route: string | undefined
  /** Undefined if the application has returned no response. */
  readonly status: number | undefined
}

/** The status that nginx logs if there was no response. */
const CLIENT_LEFT = 499
/** The status that a gateway sends if the application takes too long. */
const TOO_LATE = 503

function lineOf({ bytes, duration, aborted }: Finished, line: Line) {
  const status = line.status ?? (aborted ? CLIENT_LEFT : TOO_LATE)
  return { ...line, status, bytes, duration: Math.round(duration * 10) / 10, aborted }
}
