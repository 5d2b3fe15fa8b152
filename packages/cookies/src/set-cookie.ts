import { withHeaders } from '@tsgi/core'
import { stringifySetCookie } from 'cookie'
import { complete } from './attributes.ts'
import type { CookieOptions, CookieOptionsFor } from './cookie-options.ts'

/** RFC 6265 §6.1: browsers promise room for no more, name, value and attributes together. */
const MAX_BYTES = 4096

/**
 * One checked `Set-Cookie` field: what {@link setCookie} makes and {@link withCookies} adds to a response.
 *
 * @example
 * ```ts
 * import { type SetCookie, setCookie } from '@tsgi/cookies'
 *
 * const toForget: SetCookie[] = ['user', 'basket'].map((name) => setCookie(name, '', { maxAge: 0 }))
 * toForget[0]?.line // => 'user=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'
 * ```
 */
export interface SetCookie {
  readonly name: string
  /** The value as it was given, not encoded. */
  readonly value: string
  /** What a client tells cookies apart by: name, domain, path, and whether it is partitioned. */
  readonly key: string
  /** The field's value. */
  readonly line: string
}

/**
 * Makes one `Set-Cookie` field. Where the value holds a character that a cookie may not, it is percent-encoded.
 *
 * Source: RFC 6265bis §4.1.
 *
 * @throws TypeError naming the cookie, where the name is no token, the value is not well-formed text, an attribute is
 *   not one that browsers take, or where what the name's prefix, `sameSite: 'none'` or `partitioned` requires is
 *   denied. RangeError naming the cookie, where the field is over 4096 bytes or its path over 1024.
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
  try {
    const attributes = complete(name, options ?? {})
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new TypeError('its name is no token')
    if (typeof value !== 'string' || !value.isWellFormed()) {
      throw new TypeError('its value is not well-formed text')
    }
    // The serializer takes `undefined` for absent, though its types do not say so.
    const line = stringifySetCookie({ name, value, ...attributes } as Parameters<
      typeof stringifySetCookie
    >[0])
    if (line.length > MAX_BYTES)
      throw new RangeError(`${line.length} bytes are over the limit of ${MAX_BYTES}`)
    return { name, value, key: keyOf(name, attributes), line }
  } catch (error) {
    const { message } = error as Error
    const Kind = error instanceof RangeError ? RangeError : TypeError
    throw new Kind(`Cannot set the cookie ${JSON.stringify(name)}: ${message}`, { cause: error })
  }
}

/**
 * The response with cookies set on it, after those it sets already: the response half of the middleware. Of several
 * with the same name, domain and path the last counts. Without any, the response itself is returned.
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

function keyOf(name: string, { domain = '', path, partitioned = false }: CookieOptions): string {
  // A leading dot says nothing (RFC 6265bis §5.6.3), and a path may hold no ';'.
  return `${name};${domain.replace(/^\./, '').toLowerCase()};${partitioned};${path}`
}
