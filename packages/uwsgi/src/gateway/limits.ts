import type { ConnectionLimits, RequestLimits } from '@tsgi/core/gateway'

/** The limits of the gateway, the same as those of `serve`. */
export interface UwsgiLimits extends RequestLimits, ConnectionLimits {}
