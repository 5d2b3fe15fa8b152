import {
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
} from '@tsgi/core/gateway'
import { type Bounds, duration, type Limits, readLimits } from '@tsgi/core/options'
import { Sweep } from './sweep.ts'
import type { OpenTurn } from './turn.ts'

/** The bounds on what a client may send, and how long it may take. */
export interface EngineLimits extends RequestLimits, ConnectionLimits {
  /** Bytes of a request line and header together, after which the answer is 431; 16,384 by default. */
  readonly maxHeaderSize?: number
  /** Milliseconds a connection may stay open between requests; 5,000 by default. */
  readonly keepAliveTimeout?: number
  /** Milliseconds in which nothing of a body may come that is waited for; 30,000 by default, 0 for no bound. */
  readonly bodyIdleTimeout?: number
}

const bounds: Readonly<Record<keyof EngineLimits, Bounds>> = {
  ...requestBounds,
  ...connectionBounds,
  maxHeaderSize: { default: 16_384, min: 256, max: 1024 * 1024, unit: 'bytes' },
  keepAliveTimeout: duration(5_000, 1),
  bodyIdleTimeout: duration(30_000),
}

/** What the connections of one server share. */
export interface EngineSettings {
  readonly limits: Limits<EngineLimits>
  readonly sweep: Sweep
  readonly open: OpenTurn
  /** The end of a head after which the connection goes on: not needed in HTTP/1.1, but clients go by it. */
  readonly keepAlive: string
  /** Whether connections are to end with the response they are at. */
  isClosing: boolean
}

/** @throws TypeError naming the option that is wrong, and what was expected. */
export function engineSettings(open: OpenTurn, options: EngineLimits = {}): EngineSettings {
  const limits = readLimits('engine', options, bounds)
  const shortest = Math.min(limits.headersTimeout, limits.keepAliveTimeout, limits.bodyIdleTimeout || 1_000)
  const seconds = Math.trunc(limits.keepAliveTimeout / 1000)
  return {
    limits,
    sweep: new Sweep(Math.min(500, Math.ceil(shortest / 2))),
    open,
    keepAlive: `connection: keep-alive\r\nkeep-alive: timeout=${seconds}\r\n\r\n`,
    isClosing: false,
  }
}
