import type { Duration, Size } from '@tsgi/core/options'
import type { AccessLogFormat, Engine, ProxyHeaders, TrustProxy } from '@tsgi/server'

/**
 * The default export of `tsgi.config.ts`: the flags of `tsgi serve` in camel case. Flags on the command line take
 * precedence. Durations are milliseconds, or text with a unit such as `'30s'`. Sizes are bytes, or
 * text with a unit such as `'64MiB'`.
 *
 * @example
 * ```ts
 * // tsgi.config.ts
 * import type { TsgiConfig } from 'tsgi'
 *
 * const config = {
 *   app: './app.ts',
 *   http: ':8000',
 *   workers: 'auto',
 *   requestTimeout: '30s',
 *   trustProxy: ['10.0.0.0/8'],
 * } satisfies TsgiConfig
 * config.workers // => 'auto'
 *
 * export default config
 * ```
 */
export interface TsgiConfig {
  /** The module of the application, relative to the configuration file. All other paths are relative to the working directory. */
  readonly app?: string
  /** `HOST:PORT` or `:PORT`, one or several. Default: `127.0.0.1:8000`. */
  readonly http?: string | readonly string[]
  /** `HOST:PORT` or `:PORT`, one or several. Requires `cert` and `key`. */
  readonly https?: string | readonly string[]
  /** Paths of Unix sockets, one or several. */
  readonly unix?: string | readonly string[]
  /** Paths of Unix sockets or `HOST:PORT` for the uwsgi protocol, one or several. */
  readonly uwsgi?: string | readonly string[]
  /** The file mode of Unix sockets in octal digits, such as `'660'`. */
  readonly unixMode?: string
  /** Maximum number of connections waiting to be accepted. Default: 511. */
  readonly backlog?: number
  /** Whether other processes may listen on the same ports. Default: false. */
  readonly reusePort?: boolean
  /** The certificate file in PEM. */
  readonly cert?: string
  /** The private key file in PEM. */
  readonly key?: string
  /** The implementation of HTTP/1.1. Default: `'node'`. */
  readonly engine?: Engine
  /** Number of worker processes; `'auto'` is one per processor. Without it, a single process serves. */
  readonly workers?: number | 'auto'
  /** The file for the master's process id. */
  readonly pidFile?: string
  /** `HOST:PORT` to serve statistics on. */
  readonly stats?: string
  /** The proxies to trust: a number of hops, or a list of addresses and CIDR ranges. Default: none. */
  readonly trustProxy?: TrustProxy
  /** The header fields that trusted proxies set. Default: `'x-forwarded'`. */
  readonly proxyHeaders?: ProxyHeaders
  /** The path under which clients reach the application, if a proxy removes it. Default: none. */
  readonly rootPath?: string
  /** Addresses and CIDR ranges of load balancers that send the PROXY protocol. */
  readonly proxyProtocol?: readonly string[]
  /** The format of the access log on standard output. Default: no log. */
  readonly accessLog?: AccessLogFormat
  /** Maximum size of a request body. Default: `'16MiB'`. */
  readonly maxBodySize?: Size
  /** Maximum time between requests on a connection. Default: `'5s'`. */
  readonly keepAliveTimeout?: Duration
  /** Maximum time for the application to return a response; 0 for no limit. Default: 0. */
  readonly requestTimeout?: Duration
  /** Maximum number of requests in flight in a process; further ones get 503. Default: no limit. */
  readonly maxInFlight?: number
  /** Maximum number of open WebSockets in a process, 0 for no limit; further handshakes get 503. Default: 10,000. */
  readonly maxWebSockets?: number
  /** Lasting delay of the event loop from which requests get 503; 0 for no limit. Default: 0. */
  readonly maxEventLoopDelay?: Duration
  /** Maximum time that a worker's event loop may be blocked; 0 for no limit. Default: `'30s'`. */
  readonly heartbeatTimeout?: Duration
  /** Maximum time for a worker to load the application and start serving; 0 for no limit. Default: `'60s'`. */
  readonly bootTimeout?: Duration
  /** Number of requests after which a worker is restarted. */
  readonly maxRequests?: number
  /** Memory above which a worker is restarted; at least `'16MiB'`. */
  readonly maxRss?: Size
  /** Time after which a worker is restarted. */
  readonly maxLifetime?: Duration
  /** The path of the health check. */
  readonly health?: string
  /** Time to keep accepting connections after a stop signal. Default: 0. */
  readonly drainDelay?: Duration
  /** Maximum time to finish requests when stopping. Default: `'30s'`. */
  readonly gracefulTimeout?: Duration
}
