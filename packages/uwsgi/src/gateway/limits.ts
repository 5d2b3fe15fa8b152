import {
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
} from '@tsgi/core/gateway'
import type { Bounds } from '@tsgi/core/options'

/** The limits of the gateway, the same as those of `serve`. */
export interface UwsgiLimits extends RequestLimits, ConnectionLimits {}

/** Default and valid range of each of {@link UwsgiLimits}. */
export const uwsgiBounds: Readonly<Record<keyof UwsgiLimits, Bounds>> = {
  ...requestBounds,
  ...connectionBounds,
}
