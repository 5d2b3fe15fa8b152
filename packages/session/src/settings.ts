import type { CookieOptions } from '@tsgi/cookies'
import type { Content } from './content.ts'

/** The cookie that a session is known by. It is always `HttpOnly`. */
export interface SessionCookie {
  /** Its name; `session` unless given. `__Host-session` keeps subdomains from setting it, and needs HTTPS. */
  readonly name?: string
  /** The path below which it is sent; `/` unless given. */
  readonly path?: string
  /** The domain whose subdomains get it too; unless given, only the host that set it. */
  readonly domain?: string
  /** Whether other sites' requests carry it; `lax` unless given. `none` requires HTTPS. */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** Whether it is sent over HTTPS alone; unless given, where `environ.scheme` is `https`. */
  readonly secure?: boolean
  /** Whether it outlives the browser, for as long as `absoluteTimeout`; `false` unless given. */
  readonly persistent?: boolean
}

/** The options that concern how long sessions last and how they are carried. */
export interface SettingsOptions {
  readonly cookie?: SessionCookie
  /** Seconds a session lasts without use: without being read or written. 1800 (30 minutes) unless given. */
  readonly idleTimeout?: number
  /** Seconds a session lasts at most, from its beginning or its last new id. 43200 (12 hours) unless given. */
  readonly absoluteTimeout?: number
  /** How many characters of JSON a session may hold; 65536 unless given. */
  readonly maxSize?: number
}

/** The checked settings; times in milliseconds. */
export interface Settings {
  readonly cookieName: string
  readonly cookieOptions: CookieOptions
  /** What the cookie is deleted with. */
  readonly cookieScope: CookieOptions
  readonly maxSize: number
  /** When a session ends that is used now. */
  expiry(content: Content): number
  /** Whether an end is worth keeping in the place of the one that is kept: it is later by a tenth of the idle timeout. */
  isDue(expiry: number, kept: number): boolean
  /** Whether the session is older than it may be. */
  isOver(content: Content): boolean
}

export function settingsOf(options: SettingsOptions): Settings {
  const { cookie = {}, idleTimeout = 1800, absoluteTimeout = 43_200, maxSize = 65_536 } = options
  for (const [name, value] of Object.entries({ idleTimeout, absoluteTimeout, maxSize })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new TypeError(`session: ${name} must be a whole number above 0, got ${String(value)}`)
    }
  }
  const { name = 'session', path, domain, sameSite, secure, persistent = false } = cookie
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new TypeError(`session: cookie.name must be a token of RFC 9110, got ${JSON.stringify(name)}`)
  }
  if (path !== undefined && !path.startsWith('/')) {
    throw new TypeError(`session: cookie.path must begin with '/', got ${JSON.stringify(path)}`)
  }
  if (sameSite !== undefined && !['lax', 'strict', 'none'].includes(sameSite)) {
    throw new TypeError(
      `session: cookie.sameSite must be lax, strict or none, got ${JSON.stringify(sameSite)}`,
    )
  }
  if (/^__host-/i.test(name) && (domain !== undefined || (path ?? '/') !== '/')) {
    throw new TypeError(`session: the prefix of cookie.name ${name} allows no domain, and no path but '/'`)
  }
  if (secure === false && (/^__(host|secure)-/i.test(name) || sameSite === 'none')) {
    throw new TypeError(`session: cookie.secure must not be false with the name ${name} or sameSite 'none'`)
  }
  const idle = idleTimeout * 1000
  const absolute = absoluteTimeout * 1000
  const expiry = ({ created }: Content) => Math.min(Date.now() + idle, created + absolute)
  const scope = { path, domain, sameSite, secure, httpOnly: true }
  return {
    cookieName: name,
    cookieOptions: persistent ? { ...scope, maxAge: absoluteTimeout } : scope,
    cookieScope: scope,
    maxSize,
    expiry,
    isDue: (expiry, kept) => expiry - kept >= idle / 10,
    isOver: ({ created }) => created + absolute <= Date.now(),
  }
}

/** @throws RangeError where the text is longer than a session may be. */
export function checkSize(data: string, { maxSize }: Settings): void {
  if (data.length > maxSize) {
    throw new RangeError(
      `session: ${data.length} characters of JSON are over maxSize, ${maxSize}: keep large things in a database and their keys in the session`,
    )
  }
}
