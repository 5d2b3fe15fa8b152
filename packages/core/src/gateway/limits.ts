/** The limits of gateways: how much a client may send, and how long it may take. */

import type { Duration } from '../options/duration.ts'
import { type Bounds, duration } from '../options/limits.ts'
import type { Size } from '../options/size.ts'

/** The limits that every gateway has for a request. */
export interface RequestLimits {
  /** Maximum size of a request body in bytes; reading a larger one fails with 413. 16 MiB by default, `Infinity` for no limit. */
  readonly maxBodySize?: Size
  /** Maximum length of a request target in characters; a longer one gets 414. 8192 by default. */
  readonly maxUrlLength?: number
  /** Maximum number of headers of a request; more get 431. 128 by default. */
  readonly maxHeadersCount?: number
  /** Maximum time that a client may leave a response unread; 60 seconds by default, 0 for no limit. */
  readonly sendTimeout?: Duration
  /**
   * Maximum time for the application to return a response. After that, `signal` aborts and the response is 503. It includes
   * the time in which the application waits for the body of the request, so allow for slow uploads. The time to stream the
   * response is not limited. 0 by default, which means no limit.
   */
  readonly requestTimeout?: Duration
}

/** The limits of a gateway that manages connections itself. */
export interface ConnectionLimits {
  /** Maximum time for the headers to arrive, then 408; 10 seconds by default. */
  readonly headersTimeout?: Duration
  /** Maximum time for the request and its body to arrive, then 408; 300 seconds by default, 0 for no limit. */
  readonly receiveTimeout?: Duration
  /** Maximum time that `close()` waits for open requests; 30 seconds by default. */
  readonly gracefulTimeout?: Duration
}

/**
 * The bounds of {@link RequestLimits}.
 *
 * @example
 * ```ts
 * import { requestBounds } from '@tsgi/core/gateway'
 * import { readLimits } from '@tsgi/core/options'
 *
 * readLimits('serve', { maxBodySize: Infinity }, requestBounds).maxBodySize // => Infinity
 * ```
 */
export const requestBounds: Readonly<Record<keyof RequestLimits, Bounds>> = {
  // A literal, because bundlers do not remove products that are not used.
  maxBodySize: { default: 16_777_216, min: 0, max: Number.POSITIVE_INFINITY, unit: 'bytes' },
  maxUrlLength: { default: 8192, min: 1, max: 65_536, unit: 'characters' },
  maxHeadersCount: { default: 128, min: 1, max: 65_536, unit: 'header fields' },
  sendTimeout: /* @__PURE__ */ duration(60_000),
  requestTimeout: /* @__PURE__ */ duration(0),
}

/**
 * The bounds of {@link ConnectionLimits}.
 *
 * @example
 * ```ts
 * import { connectionBounds } from '@tsgi/core/gateway'
 * import { readLimits } from '@tsgi/core/options'
 *
 * readLimits('serve', {}, connectionBounds).gracefulTimeout // => 30_000
 * ```
 */
export const connectionBounds: Readonly<Record<keyof ConnectionLimits, Bounds>> = {
  headersTimeout: /* @__PURE__ */ duration(10_000, 1),
  receiveTimeout: /* @__PURE__ */ duration(300_000),
  gracefulTimeout: /* @__PURE__ */ duration(30_000),
}

/**
 * Returns how long a client may take at most to read bytes that were written at once, in milliseconds: `sendTimeout` for each
 * 64 KiB. The timeouts of Node's sockets and streams end only without progress, but start again with everything that the
 * client sends.
 *
 * @example
 * ```ts
 * import { unreadTimeout } from '@tsgi/core/gateway'
 *
 * unreadTimeout(60_000, 100) // => 60_000
 * unreadTimeout(60_000, 150 * 1024) // => 180_000
 * ```
 */
export function unreadTimeout(sendTimeout: number, bytes: number): number {
  return Math.min(sendTimeout * Math.max(1, Math.ceil(bytes / UNREAD_PART)), MAX_TIMER)
}

const UNREAD_PART = 64 * 1024
/** A longer timer would expire immediately. */
const MAX_TIMER = 2 ** 31 - 1
