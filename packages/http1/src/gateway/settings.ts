import type { ExchangeSettings } from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import type { ConnectionLimits } from '../connection/limits.ts'
import type { OriginResolver } from './origin.ts'

/** The settings that all requests of one gateway share. */
export interface Http1Settings extends ExchangeSettings {
  readonly limits: Limits<ConnectionLimits>
  /** Whether other processes serve the same application. */
  readonly multiprocess: boolean
  /** Whether the gateway can accept WebSockets. */
  readonly webSockets: boolean
  readonly origin: OriginResolver
  /** Whether each connection is closed after its next response, because the server is stopping or about to stop. */
  readonly drain: { readonly isBegun: boolean }
}
