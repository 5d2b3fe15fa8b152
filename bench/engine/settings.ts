import {
  type ConnectionLimits,
  connectionBounds,
  type RequestLimits,
  requestBounds,
} from '@tsgi/core/gateway'
import { type Bounds, duration, type Limits, readLimits } from '@tsgi/core/options'
import { Sweep } from './sweep.ts'
import type { OpenTurn } from './turn.ts'

/** Limits on what a client may send and how long it may take. */
export interface EngineLimits extends RequestLimits, ConnectionLimits {
  /** Maximum size of request line and fields in bytes; beyond it, 431. Default: 16,384. */
  readonly maxHeaderSize?: number
  /** Milliseconds a connection may stay open between requests. Default: 5,000. */
  readonly keepAliveTimeout?: number
  /** Milliseconds to wait for the next piece of a body. Default: 30,000; 0 for no limit. */
  readonly bodyIdleTimeout?: number
}

const bounds: Readonly<Record<keyof EngineLimits, Bounds>> = {
  ...requestBounds,
  ...connectionBounds,
  maxHeaderSize: { default: 16_384, min: 256, max: 1024 * 1024, unit: 'bytes' },
  keepAliveTimeout: duration(5_000, 1),
  bodyIdleTimeout: duration(30_000),
}

/** The state that the connections of one server share. */
export interface EngineSettings {
  readonly limits: Limits<EngineLimits>
  readonly sweep: Sweep
  readonly open: OpenTurn
  /** The end of a head that keeps the connection open. Not required in HTTP/1.1, but clients rely on it. */
  readonly keepAlive: string
  /** Whether connections end after their current response. */
  isClosing: boolean
}

/** @throws TypeError that names the invalid option and what is expected. */
export function engineSettings(open: OpenTurn, options: EngineLimits = {}): EngineSettings {
  const limits = readLimits('engine', options, bounds)
  const shortest = Math.min(limits.headersTimeout, limits.keepAliveTimeout, limits.bodyIdleTimeout || 1_000)
  const seconds = Math.trunc(limits.keepAliveTimeout / 1000)
  return {
    limits,
    sweep: new Sweep(Math.min(500, Math.ceil(shortest / 2))),
    open,
    keepAlive: `connection: keep-alive\r\nkeep-alive: timeout=${seconds}\r\n`,
    isClosing: false,
  }
}
