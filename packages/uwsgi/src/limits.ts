import {
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
} from '@tsgi/core/gateway'
import type { Bounds } from '@tsgi/core/options'

/**
 * The bounds on what may be sent and how long it may take, those of `serve`. Beside so many header fields, as many
 * other variables may come.
 */
export interface UwsgiLimits extends RequestLimits, ConnectionLimits {}

/** What {@link UwsgiLimits} may be. */
export const uwsgiBounds: Readonly<Record<keyof UwsgiLimits, Bounds>> = {
  ...requestBounds,
  ...connectionBounds,
}
