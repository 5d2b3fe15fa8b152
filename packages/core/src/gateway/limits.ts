/** The bounds that gateways keep: on what a client may send, and how long it may take. */
import type { Duration } from '../options/duration.ts'
import { type Bounds, duration } from '../options/limits.ts'

/** The bounds that every gateway keeps for a request. */
export interface RequestLimits {
  /** Bytes of a request body, after which reading it fails with 413; 16 MiB by default, `Infinity` for no bound. */
  readonly maxBodySize?: number
  /** Characters of a request target, after which the answer is 414; 8192 by default. */
  readonly maxUrlLength?: number
  /** Header fields of a request, after which the answer is 431; 128 by default. */
  readonly maxHeadersCount?: number
  /** Milliseconds a client may take nothing of a response that waits for it; 60,000 by default, 0 for no bound. */
  readonly sendTimeout?: Duration
  /**
   * Milliseconds the application may take to return its response, after which the request's signal aborts and the
   * answer is 503; 0, the default, for no bound. How long a body streams is not bounded by it.
   */
  readonly requestTimeout?: Duration
}

/** The bounds that a gateway keeps which looks after connections itself. */
export interface ConnectionLimits {
  /** Milliseconds for the whole header to arrive, after which the answer is 408; 10,000 by default. */
  readonly headersTimeout?: Duration
  /** Milliseconds for the whole request to arrive, body included, after which it fails with 408; 300,000 by default, 0 for no bound. */
  readonly receiveTimeout?: Duration
  /** Milliseconds that `close()` waits for what is in flight; 30,000 by default. */
  readonly gracefulTimeout?: Duration
}

/**
 * What {@link RequestLimits} may be.
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
  maxBodySize: { default: 16 * 1024 * 1024, min: 0, max: Number.POSITIVE_INFINITY, unit: 'bytes' },
  maxUrlLength: { default: 8192, min: 1, max: 65_536, unit: 'characters' },
  maxHeadersCount: { default: 128, min: 1, max: 65_536, unit: 'header fields' },
  sendTimeout: duration(60_000),
  requestTimeout: duration(0),
}

/**
 * What {@link ConnectionLimits} may be.
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
  headersTimeout: duration(10_000, 1),
  receiveTimeout: duration(300_000),
  gracefulTimeout: duration(30_000),
}
