import {
  checkOptions,
  checkOrigin,
  type Duration,
  describe,
  duration,
  type Limits,
  readLimits,
  type Size,
} from '@tsgi/core/options'
import type { ProxyTls, UpstreamAddress } from './connector.ts'
import type { Origins } from './websocket/handshake.ts'

/** The fields that tell the upstream server about the client. */
export type ProxyFields = 'x-forwarded' | 'forwarded'

interface ProxyLimits {
  /** How long to wait for a free connection, and how long connecting may take. Default: 5 seconds. */
  readonly connectTimeout?: Duration
  /**
   * How long the upstream server may take to send the head of a response, and once more from the first interim response,
   * such as 103; 0 for no limit. Default: 60 seconds.
   */
  readonly headersTimeout?: Duration
  /** How long the upstream server may pause within a response; 0 for no limit. Default: 5 minutes. */
  readonly bodyTimeout?: Duration
  /**
   * How long an idle connection is kept open, unless the upstream server announces another time. Choose it shorter than
   * the server's own. Default: 4 seconds.
   */
  readonly keepAliveTimeout?: Duration
  /** The maximum number of connections, and so of concurrent requests. Default: 128. */
  readonly maxConnections?: number
  /** The maximum number of requests that wait for a connection. Default: 1024. */
  readonly maxQueued?: number
  /** The maximum number of open WebSockets. Each has a connection of its own. Default: 1024. */
  readonly maxWebSockets?: number
  /** The maximum size of a response head in bytes. Default: 65,536. */
  readonly maxHeaderSize?: Size
}

/** The options of {@link proxy}. */
export interface ProxyOptions extends ProxyLimits {
  /** Whether to send the client's `Host` instead of the upstream server's. Default: false. */
  readonly preserveHost?: boolean
  /**
   * The fields that tell the upstream server about the client: `X-Forwarded-For`, `-Host`, `-Proto` and `-Prefix`, or
   * `Forwarded` (RFC 7239), or both. Default: `'x-forwarded'`.
   */
  readonly proxyFields?: ProxyFields | readonly ProxyFields[]
  /** The name of this proxy in `Via`, or false to leave `Via` unchanged. Default: `'tsgi'`. */
  readonly via?: string | false
  /**
   * The origins whose pages may open a WebSocket: `'same'` for those with the host of the request, a list of origins, or
   * `'*'` for all. Clients that send no `Origin` are not browsers, and may always. Default: `'same'`.
   */
  readonly origins?: 'same' | '*' | readonly string[]
  /** The path of a Unix socket to connect to. The host of the URL is then only used for `Host`. */
  readonly socketPath?: string
  /** TLS options for an `https:` upstream server. */
  readonly tls?: ProxyTls
}

/** Checked options. */
export interface Settings extends UpstreamAddress {
  /** The path of the upstream URL without a slash at its end. */
  readonly basePath: string
  readonly preserveHost: boolean
  readonly fields: ReadonlySet<ProxyFields>
  /** The name in `Via`; undefined to leave it unchanged. */
  readonly via: string | undefined
  readonly origins: Origins
  readonly limits: Limits<ProxyLimits>
}

/** @throws TypeError if the URL or an option is invalid. */
export function readSettings(upstream: string | URL, options: ProxyOptions): Settings {
  checkOptions('proxy', options, [...OPTION_NAMES, ...Object.keys(bounds)])
  const { preserveHost = false, proxyFields = 'x-forwarded', via = 'tsgi', socketPath, tls } = options
  const url = parseUpstream(upstream)
  const fields = typeof proxyFields === 'string' ? [proxyFields] : proxyFields
  check('preserveHost', preserveHost, typeof preserveHost === 'boolean', 'true or false')
  check(
    'proxyFields',
    proxyFields,
    Array.isArray(fields) && fields.every((each) => each === 'x-forwarded' || each === 'forwarded'),
    "'x-forwarded', 'forwarded' or a list of them",
  )
  check('via', via, via === false || (typeof via === 'string' && TOKEN.test(via)), 'a name or false')
  check('socketPath', socketPath, socketPath === undefined || isPath(socketPath), 'the path of a Unix socket')
  check('tls', tls, tls === undefined || (typeof tls === 'object' && tls !== null), 'an object')
  if (tls !== undefined) {
    checkOptions('proxy: tls', tls, ['ca', 'cert', 'key', 'rejectUnauthorized', 'servername'])
    check(
      'tls',
      tls,
      url.protocol === 'https:',
      'left out, because the upstream URL does not start with https:',
    )
  }
  const limits = readLimits('proxy', options, bounds)
  return {
    url,
    socketPath,
    tls,
    connectTimeout: limits.connectTimeout,
    basePath: url.pathname.replace(/\/$/, ''),
    preserveHost,
    fields: new Set(fields),
    via: via === false ? undefined : via,
    origins: readOrigins(options.origins),
    limits,
  }
}

const OPTION_NAMES: readonly string[] = ['preserveHost', 'proxyFields', 'via', 'origins', 'socketPath', 'tls']

const bounds = {
  connectTimeout: duration('5s', 1),
  headersTimeout: duration('60s'),
  bodyTimeout: duration('5m'),
  keepAliveTimeout: duration('4s', 1),
  maxConnections: { default: 128, min: 1, max: 65_536, unit: 'connections' },
  maxQueued: { default: 1024, min: 0, max: 1_000_000, unit: 'requests' },
  maxWebSockets: { default: 1024, min: 1, max: 1_000_000, unit: 'WebSockets' },
  maxHeaderSize: { default: 65_536, min: 256, max: 1024 * 1024, unit: 'bytes' },
}

/** A pseudonym in `Via` (RFC 9110 §7.6.3). */
const TOKEN = /^[\w!#$%&'*+.^`|~:-]+$/

function readOrigins(origins: ProxyOptions['origins'] = 'same'): Origins {
  if (origins === 'same' || origins === '*') return origins
  check('origins', origins, Array.isArray(origins), "'same', '*' or a list of origins")
  for (const [index, origin] of origins.entries()) checkOrigin(`proxy: origins[${index}]`, origin)
  return new Set(origins)
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('\0')
}

function parseUpstream(upstream: unknown): URL {
  const url =
    upstream instanceof URL ? new URL(upstream) : typeof upstream === 'string' ? URL.parse(upstream) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`proxy: the upstream must be an http: or https: URL, got ${describe(upstream)}`)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('proxy: the upstream URL must not have credentials, a query or a fragment')
  }
  return url
}

function check(option: string, value: unknown, isValid: boolean, expected: string): void {
  if (!isValid) throw new TypeError(`proxy: ${option} must be ${expected}, got ${describe(value)}`)
}
