import {
  connectionBounds,
  type ConnectionLimits as GatewayConnectionLimits,
  type RequestLimits,
  requestBounds,
} from '@tsgi/core/gateway'
import { type Bounds, type Duration, duration } from '@tsgi/core/options'
import { type ParserLimits, parserBounds } from '../parse/limits.ts'

/** The limits of connections and their requests. */
export interface ConnectionLimits extends RequestLimits, GatewayConnectionLimits, ParserLimits {
  /** Maximum time between requests on a connection. Default: `'5s'`. */
  readonly keepAliveTimeout?: Duration
}

export const connectionLimitBounds: Readonly<Record<keyof ConnectionLimits, Bounds>> = {
  ...requestBounds,
  ...connectionBounds,
  ...parserBounds,
  keepAliveTimeout: duration(5_000, 1),
}

/** Maximum number of bytes of a request body that are read after its response. */
export const MAX_DROPPED: number = 16 * 1024 * 1024
