/**
 * The bounds on what a client may send and how long it may take. Each has a safe default, and each is checked when
 * the server is made.
 */

/** The bounds that hold for every request, whichever Node server receives it. */
export interface RequestLimits {
  /** Bytes of a request body, after which reading it fails with 413; 16 MiB by default, `Infinity` for no bound. */
  readonly maxBodySize?: number
  /** Characters of a request target, after which the answer is 414; 8192 by default. */
  readonly maxUrlLength?: number
  /** Header lines of a request, after which the answer is 431; 128 by default. */
  readonly maxHeadersCount?: number
  /** Milliseconds a client may take nothing of a response that waits for it; 60,000 by default, 0 for no bound. */
  readonly sendTimeout?: number
  /**
   * Milliseconds the application may take to return its response, after which the request's signal aborts and the
   * answer is 503; 0, the default, for no bound. How long a body streams is not bounded by it.
   */
  readonly requestTimeout?: number
}

/** The bounds that the server's own parser and connections keep. */
export interface ConnectionLimits {
  /** Bytes of a request line and header together, after which the answer is 431; 16,384 by default. */
  readonly maxHeaderSize?: number
  /** Milliseconds for the whole header to arrive, after which the answer is 408; 10,000 by default. */
  readonly headersTimeout?: number
  /** Milliseconds for the whole request to arrive, body included, after which it fails with 408; 300,000 by default, 0 for no bound. */
  readonly receiveTimeout?: number
  /** Milliseconds a connection may stay open between requests; 5,000 by default. */
  readonly keepAliveTimeout?: number
  /** Milliseconds that `close()` waits for what is in flight; 30,000 by default. */
  readonly gracefulTimeout?: number
}

/**
 * The limits of one request, with the defaults filled in.
 *
 * @throws TypeError naming the option that is wrong, and what was expected.
 */
export function requestLimits(options: RequestLimits, factory: string): Required<RequestLimits> {
  const { maxBodySize = 16 * 1024 * 1024, maxUrlLength = 8192, maxHeadersCount = 128 } = options
  const { sendTimeout = 60_000, requestTimeout = 0 } = options
  if (maxBodySize !== Number.POSITIVE_INFINITY)
    checkInteger(factory, 'maxBodySize', maxBodySize, 0, Number.MAX_SAFE_INTEGER, 'bytes')
  checkInteger(factory, 'maxUrlLength', maxUrlLength, 1, 65_536, 'characters')
  checkInteger(factory, 'maxHeadersCount', maxHeadersCount, 1, 65_536, 'header lines')
  checkInteger(factory, 'sendTimeout', sendTimeout, 0, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'requestTimeout', requestTimeout, 0, MAX_DELAY, 'milliseconds')
  return { maxBodySize, maxUrlLength, maxHeadersCount, sendTimeout, requestTimeout }
}

/**
 * The limits of connections, with the defaults filled in.
 *
 * @throws TypeError naming the option that is wrong, and what was expected.
 */
export function connectionLimits(options: ConnectionLimits, factory: string): Required<ConnectionLimits> {
  const { maxHeaderSize = 16_384, headersTimeout = 10_000, receiveTimeout = 300_000 } = options
  const { keepAliveTimeout = 5_000, gracefulTimeout = 30_000 } = options
  checkInteger(factory, 'maxHeaderSize', maxHeaderSize, 256, 1024 * 1024, 'bytes')
  checkInteger(factory, 'headersTimeout', headersTimeout, 1, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'receiveTimeout', receiveTimeout, 0, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'keepAliveTimeout', keepAliveTimeout, 1, MAX_DELAY, 'milliseconds')
  checkInteger(factory, 'gracefulTimeout', gracefulTimeout, 0, MAX_DELAY, 'milliseconds')
  if (receiveTimeout > 0 && headersTimeout > receiveTimeout) {
    throw new TypeError(
      `${factory}: headersTimeout must not be longer than receiveTimeout (${receiveTimeout}), got ${headersTimeout}`,
    )
  }
  return { maxHeaderSize, headersTimeout, receiveTimeout, keepAliveTimeout, gracefulTimeout }
}

/** The longest delay that a timer takes. */
const MAX_DELAY = 2 ** 31 - 1

function checkInteger(
  factory: string,
  option: string,
  value: unknown,
  least: number,
  most: number,
  unit: string,
): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return
  throw new TypeError(
    `${factory}: ${option} must be a whole number of ${unit} from ${least} to ${most}, got ${String(value)}`,
  )
}
