import { checkInteger, MAX_DELAY } from './check-integer.ts'

/** The bounds on what may be sent and how long it may take. They have the names and defaults of `serve`'s. */
export interface UwsgiLimits {
  /** Bytes of a request body, after which reading it fails with 413; 16 MiB by default, `Infinity` for no bound. */
  readonly maxBodySize?: number
  /** Characters of a request target, after which the answer is 414; 8192 by default. */
  readonly maxUrlLength?: number
  /** Header fields of a request, after which the answer is 431; 128 by default. As many other variables may come. */
  readonly maxHeadersCount?: number
  /** Milliseconds for the whole packet to arrive, after which the answer is 408; 10,000 by default. */
  readonly headersTimeout?: number
  /** Milliseconds for the whole request to arrive, body included, after which it fails with 408; 300,000 by default, 0 for no bound. */
  readonly receiveTimeout?: number
  /** Milliseconds the front end may take nothing of a response that waits for it; 60,000 by default, 0 for no bound. */
  readonly sendTimeout?: number
  /**
   * Milliseconds the application may take to return its response, after which the request's signal aborts and the
   * answer is 503; 0, the default, for no bound. How long a body streams is not bounded by it.
   */
  readonly requestTimeout?: number
  /** Milliseconds that `close()` waits for what is in flight; 30,000 by default. */
  readonly gracefulTimeout?: number
}

/**
 * The limits with the defaults filled in.
 *
 * @throws TypeError naming the option that is wrong, and what was expected.
 */
export function uwsgiLimits(options: UwsgiLimits, factory: string): Required<UwsgiLimits> {
  const { maxBodySize = 16 * 1024 * 1024, maxUrlLength = 8192, maxHeadersCount = 128 } = options
  const { headersTimeout = 10_000, receiveTimeout = 300_000, sendTimeout = 60_000 } = options
  const { requestTimeout = 0, gracefulTimeout = 30_000 } = options
  if (maxBodySize !== Number.POSITIVE_INFINITY)
    checkInteger(factory, 'maxBodySize', maxBodySize, 0, Number.MAX_SAFE_INTEGER, 'bytes')
  checkInteger(factory, 'maxUrlLength', maxUrlLength, 1, 65_536, 'characters')
  checkInteger(factory, 'maxHeadersCount', maxHeadersCount, 1, 65_536, 'header fields')
  checkInteger(factory, 'headersTimeout', headersTimeout, 1, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'receiveTimeout', receiveTimeout, 0, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'sendTimeout', sendTimeout, 0, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'requestTimeout', requestTimeout, 0, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'gracefulTimeout', gracefulTimeout, 0, MAX_DELAY, 'milliseconds')
  return {
    maxBodySize,
    maxUrlLength,
    maxHeadersCount,
    headersTimeout,
    receiveTimeout,
    sendTimeout,
    requestTimeout,
    gracefulTimeout,
  }
}
