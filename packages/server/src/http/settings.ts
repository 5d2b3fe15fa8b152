import type { Application } from '@tsgi/core'
import {
  type ExchangeOptions,
  type ExchangeSettings,
  exchangeSettings,
  type LifecycleSettings,
  requestBounds,
} from '@tsgi/core/gateway'
import { describe } from '@tsgi/core/options'
import { parsePrefix } from '../proxies/prefix.ts'
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
   * for `Forwarded` (RFC 7239). A list may add `'x-forwarded-port'` and `'x-forwarded-prefix'`, which becomes
   * `scriptName`. The other fields are ignored, because a proxy passes them on even if a client has forged them.
   * Default: `'x-forwarded'`.
   */
  readonly proxyHeaders?: ProxyHeaders
  /**
   * The path under which clients reach the application, such as `/app`, if a proxy removes it from the targets of
   * requests. It becomes the start of `scriptName`, unless a trusted proxy sends `X-Forwarded-Prefix`. Default: none.
   */
  readonly rootPath?: string
}

/** The names of {@link ListenerOptions}. */
export const listenerOptionNames: readonly string[] = [
  ...['trustProxy', 'proxyHeaders', 'rootPath', 'errors', 'observers', 'loadShedder'],
  ...Object.keys(requestBounds),
]

/** The settings that all requests of one listener share. */
export interface Settings extends ExchangeSettings {
  readonly resolveClient: ClientResolver | undefined
  /** The start of every `scriptName`. */
  readonly rootPath: string
  /** Whether other processes serve the same application. */
  readonly multiprocess: boolean
  /** Whether the server can accept WebSockets. */
  readonly webSockets: boolean
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
    webSockets = false,
    keepAlive,
    drain = { isBegun: false },
    onResponseClosed = () => {},
    ...lifecycle
  }: LifecycleSettings & { readonly maxWebSockets?: number } & Partial<
      Pick<Settings, 'multiprocess' | 'webSockets' | 'keepAlive' | 'drain' | 'onResponseClosed'>
    > = {},
): Settings {
  const { trustProxy = false, proxyHeaders = 'x-forwarded' } = options
  return {
    ...exchangeSettings(factory, app, options, lifecycle),
    resolveClient: clientResolver(trustProxy, proxyHeaders, factory),
    rootPath: readRootPath(options.rootPath, factory),
    multiprocess,
    webSockets,
    keepAlive,
    drain,
    onResponseClosed,
  }
}

function readRootPath(option: unknown, factory: string): string {
  if (option === undefined) return ''
  try {
    return parsePrefix(String(option))
  } catch {
    throw new TypeError(`${factory}: rootPath must be a path such as '/app', got ${describe(option)}`)
  }
}
