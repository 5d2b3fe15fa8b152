/** The bounds that gateways keep: on what a client may send, and how long it may take. */

/** A whole number that an option may be. */
export interface Bounds {
  /** What it is unless given. */
  readonly initial: number
  readonly least: number
  /** `Infinity` may be given itself, for no bound. */
  readonly most: number
  /** What it counts, in the plural. */
  readonly unit: string
}

/**
 * A time in milliseconds, as timers take it.
 *
 * @example
 * ```ts
 * import { milliseconds, readLimits } from '@tsgi/core/gateway'
 *
 * readLimits('connect', {}, { timeout: milliseconds(5_000) }) // => { timeout: 5000 }
 * ```
 */
export function milliseconds(initial: number, least = 0): Bounds {
  return { initial, least, most: 2 ** 31 - 1, unit: 'milliseconds' }
}

/**
 * Reads options that are whole numbers; `factory` is who the messages speak for.
 *
 * @throws TypeError naming the option that is wrong, and what was expected.
 *
 * @example
 * ```ts
 * import { readLimits } from '@tsgi/core/gateway'
 *
 * const bounds = { maxParts: { initial: 8, least: 1, most: 64, unit: 'parts' } }
 * readLimits('upload', {}, bounds) // => { maxParts: 8 }
 * readLimits('upload', { maxParts: 3 }, bounds) // => { maxParts: 3 }
 * ```
 */
export function readLimits<Name extends string>(
  factory: string,
  options: { readonly [option in NoInfer<Name>]?: unknown },
  bounds: Readonly<Record<Name, Bounds>>,
): Record<Name, number> {
  const limits = {} as Record<Name, number>
  for (const option of Object.keys(bounds) as Name[]) {
    const { initial, least, most, unit } = bounds[option]
    const value = options[option] === undefined ? initial : (options[option] as number)
    if (!(Number.isInteger(value) || value === most) || value < least || value > most) {
      throw new TypeError(
        `${factory}: ${option} must be a whole number of ${unit} from ${least} to ${most}, got ${String(value)}`,
      )
    }
    limits[option] = value
  }
  return limits
}

/** The bounds that every gateway keeps for a request. */
export interface RequestLimits {
  /** Bytes of a request body, after which reading it fails with 413; 16 MiB by default, `Infinity` for no bound. */
  readonly maxBodySize?: number
  /** Characters of a request target, after which the answer is 414; 8192 by default. */
  readonly maxUrlLength?: number
  /** Header fields of a request, after which the answer is 431; 128 by default. */
  readonly maxHeadersCount?: number
  /** Milliseconds a client may take nothing of a response that waits for it; 60,000 by default, 0 for no bound. */
  readonly sendTimeout?: number
  /**
   * Milliseconds the application may take to return its response, after which the request's signal aborts and the
   * answer is 503; 0, the default, for no bound. How long a body streams is not bounded by it.
   */
  readonly requestTimeout?: number
}

/** The bounds that a gateway keeps which looks after connections itself. */
export interface ConnectionLimits {
  /** Milliseconds for the whole header to arrive, after which the answer is 408; 10,000 by default. */
  readonly headersTimeout?: number
  /** Milliseconds for the whole request to arrive, body included, after which it fails with 408; 300,000 by default, 0 for no bound. */
  readonly receiveTimeout?: number
  /** Milliseconds that `close()` waits for what is in flight; 30,000 by default. */
  readonly gracefulTimeout?: number
}

/**
 * What {@link RequestLimits} may be.
 *
 * @example
 * ```ts
 * import { readLimits, requestBounds } from '@tsgi/core/gateway'
 *
 * readLimits('serve', { maxBodySize: Infinity }, requestBounds).maxBodySize // => Infinity
 * ```
 */
export const requestBounds: Readonly<Record<keyof RequestLimits, Bounds>> = {
  maxBodySize: { initial: 16 * 1024 * 1024, least: 0, most: Number.POSITIVE_INFINITY, unit: 'bytes' },
  maxUrlLength: { initial: 8192, least: 1, most: 65_536, unit: 'characters' },
  maxHeadersCount: { initial: 128, least: 1, most: 65_536, unit: 'header fields' },
  sendTimeout: milliseconds(60_000),
  requestTimeout: milliseconds(0),
}

/**
 * What {@link ConnectionLimits} may be.
 *
 * @example
 * ```ts
 * import { connectionBounds, readLimits } from '@tsgi/core/gateway'
 *
 * readLimits('serve', {}, connectionBounds).gracefulTimeout // => 30_000
 * ```
 */
export const connectionBounds: Readonly<Record<keyof ConnectionLimits, Bounds>> = {
  headersTimeout: milliseconds(10_000, 1),
  receiveTimeout: milliseconds(300_000),
  gracefulTimeout: milliseconds(30_000),
}
