import {
  checkBoolean,
  checkOptions,
  checkOrigin,
  type Duration,
  describe,
  duration,
  type Limits,
  readLimits,
  type Size,
} from '@tsgi/core/options'

/** The options of {@link websocket}. */
export interface WebSocketOptions extends WebSocketLimits {
  /**
   * The origins whose pages may connect: `'same'` for those with the host of the request, a list of origins, or `'*'` for
   * all. Clients that send no `Origin` are not browsers, and may always connect. Default: `'same'`.
   */
  readonly origins?: 'same' | '*' | readonly string[]
  /** The subprotocols that the handler speaks, in order of preference. Default: none. */
  readonly protocols?: readonly string[]
  /** Whether to compress messages of 1 KiB or more (RFC 7692, on Node). Costs some 200 KiB per client. Default: `false`. */
  readonly compress?: boolean
}

/** The limits of {@link websocket}. */
export interface WebSocketLimits {
  /** Maximum size of a received message in bytes, after decompression; a larger one closes with 1009. Default: 1 MiB. */
  readonly maxMessage?: Size
  /**
   * The number of unsent bytes above which `send` waits. At 16 times as many, the connection is closed with 1013. If the
   * runtime cannot pause a connection, also the maximum size of unread messages. Default: 1 MiB.
   */
  readonly maxBuffered?: Size
  /** Time between pings. A client that is silent for two of them is disconnected. 0 for no pings. Default: `'25s'`. */
  readonly ping?: Duration
  /** Time for the client to confirm the end, before the connection is cut. Default: `'5s'`. */
  readonly closeTimeout?: Duration
}

/** The checked options. */
export interface Settings {
  readonly origins: 'same' | '*' | ReadonlySet<string>
  readonly protocols: readonly string[]
  readonly compress: boolean
  readonly limits: Limits<WebSocketLimits>
}

const MiB = 1024 * 1024
const bounds = {
  maxMessage: { default: MiB, min: 1, max: 2 ** 31 - 1, unit: 'bytes' },
  maxBuffered: { default: MiB, min: 1, max: 2 ** 31 - 1, unit: 'bytes' },
  ping: duration('25s'),
  closeTimeout: duration('5s', 1),
}

/** @throws TypeError if an option is unknown or invalid. */
export function readSettings(options: WebSocketOptions): Settings {
  checkOptions('websocket', options, ['origins', 'protocols', 'compress', ...Object.keys(bounds)])
  const { origins = 'same', protocols = [], compress = false } = options
  checkBoolean('websocket: compress', compress)
  return {
    origins: readOrigins(origins),
    protocols: readProtocols(protocols),
    compress,
    limits: readLimits('websocket', options, bounds),
  }
}

function readOrigins(origins: WebSocketOptions['origins']): Settings['origins'] {
  if (origins === 'same' || origins === '*') return origins
  if (!Array.isArray(origins)) {
    throw new TypeError(
      `websocket: origins must be 'same', '*' or a list of origins, got ${describe(origins)}`,
    )
  }
  for (const [index, origin] of origins.entries()) checkOrigin(`websocket: origins[${index}]`, origin)
  return new Set(origins)
}

/** RFC 6455 §4.1: subprotocols are tokens. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

function readProtocols(protocols: readonly string[]): readonly string[] {
  if (!Array.isArray(protocols) || !protocols.every((each) => typeof each === 'string' && TOKEN.test(each))) {
    throw new TypeError(
      `websocket: protocols must be a list of names such as 'chat.v1', got ${describe(protocols)}`,
    )
  }
  return [...protocols]
}
