import { parseCookieDate } from './cookie-date.ts'

/** The maximum bytes of name and value together, and of the value of an attribute (RFC 6265bis §5.6). */
const MAX_NAME_AND_VALUE = 4096
const MAX_ATTRIBUTE = 1024

/** The longest time for which browsers keep a cookie (RFC 6265bis §5.5). */
const MAX_AGE = 400 * 24 * 60 * 60 * 1000

/** A `Set-Cookie` header as a browser parses it. */
export interface ParsedSetCookie {
  /** `''` if the cookie has no name. */
  readonly name: string
  readonly value: string
  /** Milliseconds since the epoch; `Infinity` if the cookie ends with the browser's session. */
  readonly expires: number
  /** In lower case and without a leading dot; `''` if the cookie is for one host. */
  readonly domain: string
  /** `undefined` for the default: the directory of the request path. */
  readonly path: string | undefined
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: string | undefined
}

/**
 * Parses a `Set-Cookie` header. Returns `undefined` if browsers ignore it.
 *
 * Source: RFC 6265bis §5.6.
 */
export function parseSetCookie(field: string): ParsedSetCookie | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that matter.
  if (/[\x00-\x08\x0A-\x1F\x7F]/.test(field)) return undefined
  const [pair = '', ...rest] = field.split(';')
  const equals = pair.indexOf('=')
  const name = trim(pair.slice(0, Math.max(equals, 0)))
  const value = trim(pair.slice(equals + 1))
  if (name.length + value.length === 0 || name.length + value.length > MAX_NAME_AND_VALUE) return undefined
  // Chromium rejects both, although RFC 6265bis allows tabs.
  if (`${name}${value}`.includes('\t') || (name === '' && value.includes('='))) return undefined

  let maxAge = ''
  let expires = ''
  let domain = ''
  let path: string | undefined
  let sameSite: string | undefined
  const flags = new Set<string>()
  for (const attribute of rest) {
    const [key = '', ...values] = attribute.split('=')
    const text = trim(values.join('='))
    if (text.length > MAX_ATTRIBUTE) continue
    const lower = trim(key).toLowerCase()
    if (`${lower}${text}`.includes('\t')) return undefined
    if (lower === 'max-age') maxAge = text
    else if (lower === 'expires') expires = text
    else if (lower === 'domain') domain = text.toLowerCase()
    else if (lower === 'path') path = text.startsWith('/') ? text : undefined
    else if (lower === 'samesite') sameSite = text.toLowerCase()
    else flags.add(lower)
  }
  if (domain === '.' || (flags.has('partitioned') && !flags.has('secure'))) return undefined
  return {
    name,
    value,
    expires: expiryOf(maxAge, expires),
    domain: domain.replace(/^\./, ''),
    path,
    secure: flags.has('secure'),
    httpOnly: flags.has('httponly'),
    sameSite,
  }
}

/** `Max-Age` takes precedence, if it is valid. */
function expiryOf(maxAge: string, expires: string): number {
  const latest = Date.now() + MAX_AGE
  if (/^-?\d+$/.test(maxAge)) {
    const seconds = Number(maxAge)
    return seconds <= 0 ? Number.NEGATIVE_INFINITY : Math.min(Date.now() + seconds * 1000, latest)
  }
  const date = parseCookieDate(expires)
  return date === undefined ? Number.POSITIVE_INFINITY : Math.min(date, latest)
}

/** Removes spaces and tabs, but no other white space. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
