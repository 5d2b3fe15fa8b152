import {
  connectionBounds,
  type ConnectionLimits as GatewayConnectionLimits,
  type RequestLimits as GatewayRequestLimits,
} from '@tsgi/core/gateway'
import { type Bounds, duration, type Limits, readLimits } from '@tsgi/core/options'

/** The bounds that hold for every request, whichever Node server receives it. */
export type RequestLimits = GatewayRequestLimits

/** The bounds that the server's own parser and connections keep. */
export interface ConnectionLimits extends GatewayConnectionLimits {
  /** Bytes of a request line and header together, after which the answer is 431; 16,384 by default. */
  readonly maxHeaderSize?: number
  /** Milliseconds a connection may stay open between requests; 5,000 by default. */
  readonly keepAliveTimeout?: number
}

export const connectionLimitBounds: Readonly<Record<keyof ConnectionLimits, Bounds>> = {
  maxHeaderSize: { default: 16_384, min: 256, max: 1024 * 1024, unit: 'bytes' },
  keepAliveTimeout: duration(5_000, 1),
  ...connectionBounds,
}

/**
 * The limits of connections, with the defaults filled in.
 *
 * @throws TypeError naming the option that is wrong, and what was expected.
 */
export function connectionLimits(options: ConnectionLimits, factory: string): Limits<ConnectionLimits> {
  const limits = readLimits(factory, options, connectionLimitBounds)
  const { headersTimeout, receiveTimeout } = limits
  if (receiveTimeout > 0 && headersTimeout > receiveTimeout) {
    throw new TypeError(
      `${factory}: headersTimeout must not be longer than receiveTimeout (${receiveTimeout}), got ${headersTimeout}`,
    )
  }
  return limits
}
