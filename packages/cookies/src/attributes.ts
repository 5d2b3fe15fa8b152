import type { CookieOptions } from './cookie-options.ts'

/** RFC 6265bis §5.6: browsers drop an attribute with a longer value. */
const MAX_ATTRIBUTE_BYTES = 1024

/** The attributes of a cookie with every default filled in. */
export type Attributes = CookieOptions & {
  readonly path: string
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
}

/**
 * Fills in what was not given, and checks what browsers would answer by silence: dropping the cookie or the
 * attribute. The shape of each value is left to the serializer.
 */
export function complete(name: string, options: CookieOptions): Attributes {
  const { path = '/', domain, httpOnly = true, sameSite = 'lax', partitioned } = options
  const prefix = prefixOf(name)
  if (prefix === '__host-' && domain !== undefined) throw new TypeError('its prefix allows no domain')
  if (prefix === '__host-' && path !== '/') throw new TypeError("its prefix allows no path but '/'")
  if (!path.startsWith('/')) throw new TypeError(`path must begin with '/', got ${JSON.stringify(path)}`)
  if (path.length > MAX_ATTRIBUTE_BYTES) {
    throw new RangeError(`its path of ${path.length} bytes is over ${MAX_ATTRIBUTE_BYTES}`)
  }
  const demand =
    prefix !== undefined
      ? 'its prefix'
      : sameSite === 'none'
        ? "sameSite: 'none'"
        : partitioned
          ? 'partitioned'
          : undefined
  const { secure = demand !== undefined } = options
  if (demand !== undefined && !secure) throw new TypeError(`${demand} requires secure`)
  return { ...options, path, httpOnly, sameSite, secure }
}

/** The options of one call over the middleware's. Defaults that the name's prefix rules out do not apply to it. */
export function over(name: string, defaults: CookieOptions, options: CookieOptions): CookieOptions {
  const prefix = prefixOf(name)
  const merged: Record<string, unknown> = { ...defaults }
  if (prefix !== undefined) delete merged.secure
  if (prefix === '__host-') {
    delete merged.domain
    delete merged.path
  }
  for (const [key, value] of Object.entries(options)) if (value !== undefined) merged[key] = value
  return merged
}

/** When the cookie ends, in milliseconds since the epoch: `Max-Age` counts before `Expires` (RFC 6265bis §5.7). */
export function endOf({ maxAge, expires }: CookieOptions): number | undefined {
  return maxAge === undefined ? expires?.getTime() : Date.now() + maxAge * 1000
}

/** RFC 6265bis §5.7: browsers compare prefixes without regard to case. */
function prefixOf(name: string): '__host-' | '__secure-' | undefined {
  const lower = name.slice(0, 9).toLowerCase()
  return lower.startsWith('__host-') ? '__host-' : lower === '__secure-' ? '__secure-' : undefined
}
