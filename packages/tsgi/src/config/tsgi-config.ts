import type { AccessLogFormat, ProxyHeaders, TrustProxy } from '@tsgi/server'

/**
 * What a configuration file exports as `default`: the flags of `tsgi serve`, each under its name in camel case, with
 * the values that it takes on the command line. A flag that is given there as well wins.
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
 *   requestTimeout: 30,
 *   trustProxy: ['10.0.0.0/8'],
 * } satisfies TsgiConfig
 * config.workers // => 'auto'
 *
 * export default config
 * ```
 */
export interface TsgiConfig {
  /** The module of the application, relative to the configuration file; any other path is to the working directory. */
  readonly app?: string
  /** `HOST:PORT` or `:PORT`, one or several. */
  readonly http?: string | readonly string[]
  /** `HOST:PORT` or `:PORT`, one or several; with `cert` and `key`. */
  readonly https?: string | readonly string[]
  /** Paths of unix sockets, one or several. */
  readonly unix?: string | readonly string[]
  /** Paths of unix sockets or `HOST:PORT` that speak uwsgi, one or several. */
  readonly uwsgi?: string | readonly string[]
  /** The mode of the files of unix sockets, in octal digits: `'660'`. */
  readonly unixMode?: string
  /** Connections that may wait to be accepted. */
  readonly backlog?: number
  /** Whether other processes may listen on the same ports. */
  readonly reusePort?: boolean
  /** The file of the certificate, in PEM. */
  readonly cert?: string
  /** The file of its private key, in PEM. */
  readonly key?: string
  /** How many workers; `auto` is one a processor. Without it, one process serves. */
  readonly workers?: number | 'auto'
  /** Where the master writes its process id. */
  readonly pidFile?: string
  /** `HOST:PORT` that tells what the processes are doing. */
  readonly stats?: string
  readonly trustProxy?: TrustProxy
  /** The fields in which trusted proxies speak of the client. */
  readonly proxyHeaders?: ProxyHeaders
  /** The addresses and CIDR ranges of balancers whose connections begin with the PROXY protocol. */
  readonly proxyProtocol?: readonly string[]
  /** Has a line written to standard output for each response. */
  readonly accessLog?: AccessLogFormat
  /** Bytes. */
  readonly maxBodySize?: number
  /** Seconds. */
  readonly keepAliveTimeout?: number
  /** Seconds the application may take to answer; 0 for no bound. */
  readonly requestTimeout?: number
  /** Seconds a worker's event loop may be blocked; 0 for no bound. */
  readonly heartbeatTimeout?: number
  /** Seconds a worker may take to load the application and begin to serve; 0 for no bound. */
  readonly bootTimeout?: number
  /** Requests after which a worker is replaced. */
  readonly maxRequests?: number
  /** Mebibytes of memory in use at which a worker is replaced. */
  readonly maxRss?: number
  /** Seconds after which a worker is replaced. */
  readonly maxLifetime?: number
  /** The path that is answered for a balancer. */
  readonly health?: string
  /** Seconds to go on accepting after being told to stop. */
  readonly drainDelay?: number
  /** Seconds for what is in flight when stopping. */
  readonly gracefulTimeout?: number
}
