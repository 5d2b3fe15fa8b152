import { connectionBounds, type ConnectionLimits as GatewayConnectionLimits } from '@tsgi/core/gateway'
import { type Bounds, type Duration, duration, type Limits, readLimits, type Size } from '@tsgi/core/options'

/** The limits of the parser and of connections. */
export interface ConnectionLimits extends GatewayConnectionLimits {
  /** Maximum size of the request line and header in bytes; larger ones get 431. Default: 16 KiB. */
  readonly maxHeaderSize?: Size
  /** Maximum time between requests on a connection. Default: `'5s'`. */
  readonly keepAliveTimeout?: Duration
  /** Maximum number of open WebSockets in a process; a handshake beyond it gets 503. 0 for no limit. Default: 10,000. */
  readonly maxWebSockets?: number
}

export const connectionLimitBounds: Readonly<Record<keyof ConnectionLimits, Bounds>> = {
  maxHeaderSize: { default: 16_384, min: 256, max: 1024 * 1024, unit: 'bytes' },
  keepAliveTimeout: duration(5_000, 1),
  maxWebSockets: { default: 10_000, min: 0, max: 10_000_000, unit: 'WebSockets' },
  ...connectionBounds,
}

/**
 * Reads the limits of connections and fills in their defaults.
 *
 * @throws TypeError naming the invalid option and what is expected.
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
