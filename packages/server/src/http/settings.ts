import type { ExchangeSettings, RequestLimits } from '@tsgi/core/gateway'
import type { Limits } from '@tsgi/core/options'
import type { AccessLog } from '../observe/access-log.ts'
import type { Observer } from '../observe/observer.ts'
import type { ClientResolver } from '../proxies/trust-proxy.ts'

/** What all requests of one listener have in common. */
export interface Settings extends ExchangeSettings {
  readonly limits: Limits<RequestLimits>
  readonly resolveClient: ClientResolver | undefined
  /** Told of every request. */
  observers: readonly Observer[]
  /** Whether other processes serve the same application. */
  multiprocess: boolean
  /** Whether connections are to end with the response they are at. */
  closing: boolean
  /** What a response says of how long its connection is kept, as `timeout=5`; undefined where Node sees to that. */
  keepAlive: string | undefined
  /** Told of each response; undefined where nobody wants to know. */
  accessLog: AccessLog | undefined
  /** Called, while closing, after each response. */
  readonly onResponseClosed: () => void
}
