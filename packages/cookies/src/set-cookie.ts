import { withHeaders } from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'
import { stringifySetCookie } from 'cookie'
import { type Attributes, completeAttributes } from './attributes.ts'
import { isCookieName } from './cookie-name.ts'
import { ATTRIBUTES, type CookieOptionsFor } from './cookie-options.ts'

/** Browsers ignore a cookie whose name and value together are longer, in bytes (RFC 6265bis §5.6). */
export const MAX_NAME_AND_VALUE = 4096

/**
 * A checked `Set-Cookie` header. {@link setCookie} creates it, and {@link withCookies} adds it to a response.
 *
 * @example
 * ```ts
 * import { type SetCookie, setCookie } from '@tsgi/cookies'
 *
 * const expired: SetCookie[] = ['user', 'basket'].map((name) => setCookie(name, '', { maxAge: 0 }))
 * expired[0]?.line // => 'user=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'
 * ```
 */
export interface SetCookie {
  readonly name: string
  /** The value before percent-encoding. */
  readonly value: string
  /** Identifies the cookie in a browser: its name, domain and path, and whether it is partitioned. */
  readonly key: string
  /** The value of the header. */
  readonly line: string
}

/**
 * Creates a `Set-Cookie` header. Characters that a cookie value cannot contain are percent-encoded.
 *
 * Source: RFC 6265bis §4.1.
 *
 * @throws TypeError naming the cookie if its name, its value or an attribute is invalid, if an attribute is unknown,
 *   or if the attributes contradict the name's prefix, `sameSite: 'none'` or `partitioned`.
 * @throws RangeError naming the cookie if name and value together are longer than 4096 bytes, or an attribute is
 *   longer than 1024.
 *
 * @example
 * ```ts
 * import { setCookie } from '@tsgi/cookies'
 *
 * setCookie('note', 'a b', { path: '/notes' }).line // => 'note=a%20b; Path=/notes; HttpOnly; SameSite=Lax'
 * ```
 */
export function setCookie<Name extends string>(
  name: Name,
  value: string,
  options?: CookieOptionsFor<Name>,
): SetCookie {
  const subject = `Cannot set the cookie ${JSON.stringify(name)}`
  if (options !== undefined) checkOptions(subject, options, ATTRIBUTES)
  try {
    if (!isCookieName(name)) throw new TypeError('its name is not one that browsers accept')
    if (typeof value !== 'string') throw new TypeError(`its value must be text, got ${describe(value)}`)
    if (!value.isWellFormed()) {
      throw new TypeError('its value is not well-formed text')
    }
    const attributes = completeAttributes(name, options ?? {})
    const line = name + serialize(value, attributes)
    const length = line.indexOf(';') - 1
    if (length > MAX_NAME_AND_VALUE) {
      throw new RangeError(`name and value of ${length} bytes are over the limit of ${MAX_NAME_AND_VALUE}`)
    }
    return { name, value, key: keyOf(name, attributes), line }
  } catch (error) {
    const { message } = error as Error
    const Kind = error instanceof RangeError ? RangeError : TypeError
    throw new Kind(`${subject}: ${message}`, { cause: error })
  }
}

/**
 * Adds cookies to a response, after those that it already sets. If two have the same name, domain and path, only the last
 * one is kept. Returns the same response if there are no cookies.
 *
 * @example
 * ```ts
 * import { redirect } from '@tsgi/core'
 * import { setCookie, withCookies } from '@tsgi/cookies'
 *
 * const response = withCookies(redirect('/'), [setCookie('theme', 'light'), setCookie('theme', 'dark')])
 * response.headers.getSetCookie() // => ['theme=dark; Path=/; HttpOnly; SameSite=Lax']
 * ```
 */
export function withCookies(response: Response, cookies: Iterable<SetCookie>): Response {
  const lines = new Map<string, string>()
  for (const { key, line } of cookies) lines.set(key, line)
  return lines.size === 0 ? response : withHeaders(response, { 'set-cookie': [...lines.values()] })
}

/** Returns `=value; Path=…`. */
function serialize(value: string, attributes: Attributes): string {
  // `cookie` accepts fewer names than browsers do. It accepts `undefined` attributes, though its types do not say so.
  const cookie = { name: '_', value, ...attributes } as Parameters<typeof stringifySetCookie>[0]
  return stringifySetCookie(cookie).slice(1)
}

function keyOf(name: string, { domain = '', path, partitioned = false }: Attributes): string {
  // Browsers ignore a leading dot (RFC 6265bis §5.6.3). Names and paths contain no ';'.
  return `${name};${domain.replace(/^\./, '').toLowerCase()};${partitioned};${path}`
}
