import type { Size } from '@tsgi/core/options'
/**
 * The flags of the commands that serve: how to read each from the command line and from a configuration file, and its
 * line in the help. The flag `--max-body-size` is the member `maxBodySize` of a configuration.
 */
import {
  duration,
  type Flag,
  fileMode,
  type HostAndPort,
  hostAndPort,
  httpAddress,
  httpsAddress,
  listOf,
  oneOf,
  path,
  size,
  text,
  trustProxy,
  uwsgiAddress,
  wholeNumber,
  workerCount,
  yesOrNo,
} from './flag-kinds.ts'
import type { TsgiConfig } from './tsgi-config.ts'

/** The members of a configuration whose values have another type after reading. */
interface ReadValues {
  readonly http?: readonly string[]
  readonly https?: readonly string[]
  readonly unix?: readonly string[]
  readonly uwsgi?: readonly string[]
  readonly unixMode?: number
  readonly workers?: number
  readonly stats?: HostAndPort
  readonly config?: string
  readonly maxBodySize?: Size
  readonly maxRss?: number
  readonly keepAliveTimeout?: number
  readonly requestTimeout?: number
  readonly maxEventLoopDelay?: number
  readonly heartbeatTimeout?: number
  readonly bootTimeout?: number
  readonly maxLifetime?: number
  readonly drainDelay?: number
  readonly gracefulTimeout?: number
}

/** The values of the flags that were given. Durations are in milliseconds, sizes in bytes. */
export type FlagValues = Omit<TsgiConfig, 'app' | keyof ReadValues> & ReadValues

export const flags: { readonly [K in keyof FlagValues]-?: Flag } = {
  http: {
    value: '[HOST]:PORT',
    multiple: true,
    help: "address to listen on; ':8000' is every interface (default: 127.0.0.1:8000)",
    read: httpAddress,
  },
  https: {
    value: '[HOST]:PORT',
    multiple: true,
    help: 'address to listen on with TLS, for HTTP/2 and HTTP/1.1; requires --cert and --key',
    read: httpsAddress,
  },
  cert: { value: 'FILE', help: 'certificate for --https in PEM, followed by its intermediates', read: text },
  key: { value: 'FILE', help: 'private key of the certificate in PEM', read: text },
  unix: { value: 'PATH', multiple: true, help: 'Unix socket to listen on', read: text },
  uwsgi: {
    value: 'PATH|HOST:PORT',
    multiple: true,
    help: 'Unix socket or address to listen on for the uwsgi protocol of nginx, Apache and uWSGI',
    read: uwsgiAddress,
  },
  unixMode: {
    value: 'MODE',
    help: 'file mode of Unix sockets, such as 660 (default: from the umask)',
    read: fileMode,
  },
  backlog: {
    value: 'N',
    help: 'maximum number of connections waiting to be accepted (default: 511)',
    read: wholeNumber(1),
  },
  reusePort: { help: 'allow other processes to listen on the same ports', read: yesOrNo },
  engine: {
    value: 'ENGINE',
    help: "implementation of HTTP/1.1: 'node', or 'tsgi' for the faster and stricter one of @tsgi/http1 (default: node)",
    read: oneOf('node', 'tsgi'),
  },
  workers: {
    value: 'N|auto',
    help: 'number of worker processes under a master; auto is one per processor (default: no master, one process)',
    read: workerCount,
  },
  pidFile: {
    value: 'PATH',
    help: "file for the master's process id, for 'tsgi reload'; requires --workers",
    read: text,
  },
  stats: {
    value: 'HOST:PORT',
    help: "address to serve statistics on: JSON at /, Prometheus at /metrics; see 'tsgi top'",
    read: hostAndPort,
  },
  config: {
    value: 'FILE',
    help: 'configuration file (default: tsgi.config.ts, if it exists)',
    read: text,
  },
  trustProxy: {
    value: 'N|ADDRESSES',
    help: 'proxies to trust: the nearest N, or a comma-separated list of addresses and CIDR ranges (default: none)',
    read: trustProxy,
  },
  proxyHeaders: {
    value: 'FIELDS',
    help: "header fields that trusted proxies set: 'x-forwarded' for X-Forwarded-*, 'forwarded' for RFC 7239; add 'x-forwarded-port' and 'x-forwarded-prefix' after commas (default: x-forwarded)",
    read: listOf(oneOf('x-forwarded', 'forwarded', 'x-forwarded-port', 'x-forwarded-prefix')),
  },
  rootPath: {
    value: 'PATH',
    help: 'path under which clients reach the application, if a proxy removes it (default: none)',
    read: path,
  },
  proxyProtocol: {
    value: 'ADDRESSES',
    help: 'load balancers that send the PROXY protocol: comma-separated addresses and CIDR ranges (default: none)',
    read: (value: string) => value.split(','),
  },
  accessLog: {
    value: 'FORMAT',
    help: "access log on standard output: 'combined' or 'json' (default: none)",
    read: oneOf('combined', 'json'),
  },
  maxBodySize: { ...size(0), help: 'maximum size of a request body (default: 16MiB)' },
  keepAliveTimeout: { ...duration(1), help: 'maximum time between requests on a connection (default: 5s)' },
  requestTimeout: {
    ...duration(0),
    help: 'maximum time for the application to return a response, then 503; 0s for no limit (default: 0s)',
  },
  maxInFlight: {
    value: 'N',
    help: 'maximum number of requests in flight in a process, then 503 (default: no limit)',
    read: wholeNumber(1),
  },
  maxWebSockets: {
    value: 'N',
    help: 'maximum number of open WebSockets in a process, then 503; 0 for no limit (default: 10000)',
    read: wholeNumber(0),
  },
  maxEventLoopDelay: {
    ...duration(0),
    help: 'event loop delay above which, if it lasts, requests get 503; 0s for no limit (default: 0s)',
  },
  heartbeatTimeout: {
    ...duration(0),
    help: "maximum time that a worker's event loop may be blocked before the worker is killed; 0s for no limit (default: 30s)",
  },
  bootTimeout: {
    ...duration(0),
    help: 'maximum time for a worker to load the application and start serving; 0s for no limit (default: 60s)',
  },
  maxRequests: {
    value: 'N',
    help: 'restart a worker after this many requests, plus up to 10 % at random (default: never)',
    read: wholeNumber(1),
  },
  maxRss: { ...size('16MiB'), help: 'restart a worker whose memory exceeds this (default: never)' },
  maxLifetime: {
    ...duration(100),
    help: 'restart a worker after this time, plus up to 10 % at random (default: never)',
  },
  health: {
    value: 'PATH',
    help: 'path of the health check: 200, or 503 while the server is stopping or a resource is not ready',
    read: path,
  },
  drainDelay: {
    ...duration(0),
    help: 'time to keep accepting connections after a stop signal, for load balancers to notice (default: 0s)',
  },
  gracefulTimeout: { ...duration(0), help: 'maximum time to finish requests when stopping (default: 30s)' },
}

/** Returns the flag of a member: `--max-body-size` for `maxBodySize`. */
export function flagName(member: string): string {
  return `--${kebab(member)}`
}

export function kebab(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
