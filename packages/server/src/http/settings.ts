import type { Application } from '@tsgi/core'
import {
  type ExchangeOptions,
  type ExchangeSettings,
  exchangeSettings,
  type LifecycleSettings,
  requestBounds,
} from '@tsgi/core/gateway'
import {
  type ClientResolver,
  clientResolver,
  type ProxyHeaders,
  type TrustProxy,
} from '../proxies/trust-proxy.ts'

/** The options of {@link toNodeListener}. */
export interface ListenerOptions extends ExchangeOptions {
  /**
   * The proxies whose header fields are trusted: a number of hops, or a list of addresses and CIDR ranges. Default:
   * none.
   */
  readonly trustProxy?: TrustProxy
  /**
   * The fields that these proxies set: `'x-forwarded'` for `X-Forwarded-For`, `-Proto` and `-Host`, or `'forwarded'`
   * for `Forwarded` (RFC 7239). The other fields are ignored, because a proxy passes them on even if a client has
   * forged them. Default: `'x-forwarded'`.
   */
  readonly proxyHeaders?: ProxyHeaders
}

/** The names of {@link ListenerOptions}. */
export const listenerOptionNames: readonly string[] = [
  ...['trustProxy', 'proxyHeaders', 'errors', 'observers', 'loadShedder'],
  ...Object.keys(requestBounds),
]

/** The settings that all requests of one listener share. */
export interface Settings extends ExchangeSettings {
  readonly resolveClient: ClientResolver | undefined
  /** Whether other processes serve the same application. */
  readonly multiprocess: boolean
  /** The `Keep-Alive` field of responses, such as `timeout=5`; undefined if Node sets it. */
  readonly keepAlive: string | undefined
  /** Whether each connection is closed after its next response, because the server is stopping or about to stop. */
  readonly drain: { readonly isBegun: boolean }
  /** Called after each response while the server is draining. */
  readonly onResponseClosed: () => void
}

/** @throws TypeError if the application is not a function, or an option is invalid. */
export function listenerSettings(
  factory: string,
  app: Application,
  options: ListenerOptions,
  {
    multiprocess = false,
    keepAlive,
    drain = { isBegun: false },
    onResponseClosed = () => {},
    ...lifecycle
  }: LifecycleSettings &
    Partial<Pick<Settings, 'multiprocess' | 'keepAlive' | 'drain' | 'onResponseClosed'>> = {},
): Settings {
  const { trustProxy = false, proxyHeaders = 'x-forwarded' } = options
  return {
    ...exchangeSettings(factory, app, options, lifecycle),
    resolveClient: clientResolver(trustProxy, proxyHeaders, factory),
    multiprocess,
    keepAlive,
    drain,
    onResponseClosed,
  }
}
