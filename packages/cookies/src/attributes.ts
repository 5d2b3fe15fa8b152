import { describe, readSeconds } from '@tsgi/core/options'
import { isHostOnly, isHttpOnly, prefixOf } from './cookie-name.ts'
import type { CookieOptions } from './cookie-options.ts'

/** Browsers ignore an attribute whose value is longer, in bytes (RFC 6265bis §5.6). */
const MAX_ATTRIBUTE = 1024

/** The latest time that a `Date` can hold (ECMA-262 §21.4.1.1). */
const LATEST = 8.64e15

/** The attributes of a cookie with all defaults filled in. */
export type Attributes = CookieOptions & {
  readonly path: string
  /** Seconds. */
  readonly maxAge: number | undefined
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
}

/**
 * Fills in the defaults, and rejects everything that would make a browser silently drop the cookie or an attribute.
 */
export function completeAttributes(name: string, options: CookieOptions): Attributes {
  const { path = '/', domain, maxAge, expires, httpOnly = true, sameSite = 'lax', partitioned } = options
  oneOf('sameSite', sameSite, ['strict', 'lax', 'none'])
  oneOf('priority', options.priority, ['low', 'medium', 'high'])
  for (const attribute of ['httpOnly', 'secure', 'partitioned'] as const) {
    oneOf(attribute, options[attribute], [true, false])
  }
  text('path', path)
  text('domain', domain)
  if (!path.startsWith('/')) throw new TypeError(`path must begin with '/', got ${JSON.stringify(path)}`)
  const seconds = maxAge === undefined ? undefined : readSeconds('maxAge', maxAge)
  if (expires !== undefined && !(expires instanceof Date && isCookieDate(expires))) {
    throw new TypeError(`expires must be a Date in the years 1601 to 9999, got ${describe(expires)}`)
  }

  const prefix = prefixOf(name)
  if (isHostOnly(prefix) && domain !== undefined) throw new TypeError('its prefix allows no domain')
  if (isHostOnly(prefix) && path !== '/') throw new TypeError("its prefix allows no path other than '/'")
  if (isHttpOnly(prefix) && !httpOnly) throw new TypeError('its prefix requires httpOnly')
  const cause = prefix
    ? 'its prefix'
    : sameSite === 'none'
      ? "sameSite: 'none'"
      : partitioned && 'partitioned'
  const { secure = Boolean(cause) } = options
  if (cause && !secure) throw new TypeError(`${cause} requires secure`)
  return { ...options, path, maxAge: seconds, httpOnly, sameSite, secure }
}

/** Merges the options of one call into the middleware's defaults. The prefix of the name takes precedence over defaults. */
export function mergeOptions(name: string, defaults: CookieOptions, options: CookieOptions): CookieOptions {
  const prefix = prefixOf(name)
  const merged: Record<string, unknown> = { ...defaults }
  if (prefix !== undefined) delete merged.secure
  if (isHttpOnly(prefix)) delete merged.httpOnly
  if (isHostOnly(prefix)) {
    delete merged.domain
    delete merged.path
  }
  for (const [key, value] of Object.entries(options)) if (value !== undefined) merged[key] = value
  return merged
}

/** Returns when the cookie expires: `Max-Age` takes precedence over `Expires` (RFC 6265bis §5.7). */
export function expiryOf({ maxAge, expires }: CookieOptions): Date | undefined {
  if (maxAge === undefined) return expires
  return new Date(Math.min(Date.now() + readSeconds('maxAge', maxAge) * 1000, LATEST))
}

function oneOf(attribute: string, value: unknown, allowed: readonly unknown[]): void {
  if (value === undefined || allowed.includes(value)) return
  throw new TypeError(`${attribute} must be ${allowed.map(describe).join(' or ')}, got ${describe(value)}`)
}

function text(attribute: string, value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'string') throw new TypeError(`${attribute} must be text, got ${describe(value)}`)
  if (value.length > MAX_ATTRIBUTE) {
    throw new RangeError(`its ${attribute} of ${value.length} bytes is over the limit of ${MAX_ATTRIBUTE}`)
  }
}

function isCookieDate(date: Date): boolean {
  const year = date.getUTCFullYear()
  return year >= 1601 && year <= 9999
}
