import { describe, ignoreRejection } from '@tsgi/core/options'

/** Writes a line: details and a message, or only a message. */
export interface LogMethod {
  (details: object, message?: string): void
  (message: string): void
}

/** A logger: pino, or any other with these methods. */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** Returns a logger that adds the bindings to each of its lines. */
  child(bindings: Record<string, unknown>): unknown
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** `environ.log`: the methods of the logger that write lines, and `child`. */
export type RequestLog<L extends Logger = Logger> = Pick<L, keyof L & ((typeof LEVELS)[number] | 'child')>

/** @throws TypeError naming the function `of` if a value lacks a method of a {@link Logger}. */
export function checkLogger(of: string, value: unknown): asserts value is Logger {
  const methods = Object(value) as Record<string, unknown>
  const missing = ['debug', 'info', 'warn', 'error', 'child'].find(
    (name) => typeof methods[name] !== 'function',
  )
  if (missing === undefined) return
  const got = typeof value === 'object' && value !== null ? `one without ${missing}()` : describe(value)
  throw new TypeError(`${of}: logger must have the methods of a logger, such as pino(), got ${got}`)
}

/** A logger that is made when the first line is written: most requests write none of their own. */
export class LazyLog {
  readonly #make: () => Logger
  #logger: Logger | undefined

  constructor(make: () => Logger) {
    this.#make = make
  }

  get isMade(): boolean {
    return this.#logger !== undefined
  }

  get logger(): Logger {
    this.#logger ??= this.#make()
    return this.#logger
  }

  child(...args: [Record<string, unknown>]): unknown {
    return this.logger.child(...args)
  }
}

for (const level of LEVELS) {
  Object.defineProperty(LazyLog.prototype, level, {
    value(this: LazyLog, ...args: unknown[]) {
      const { logger } = this
      const method = (logger as unknown as Record<string, ((...args: unknown[]) => void) | undefined>)[level]
      // A logger of another kind may return promises.
      ignoreRejection(method?.apply(logger, args))
    },
  })
}
