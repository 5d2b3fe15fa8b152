import {
  type Bounds,
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
} from '@tsgi/core/gateway'

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
