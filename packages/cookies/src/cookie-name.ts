/** A prefix that binds a cookie to rules that browsers enforce, whatever its case (RFC 6265bis §4.1.3 and §5.7). */
export type Prefix = '__secure-' | '__host-' | '__http-' | '__host-http-'

const PREFIXES: readonly Prefix[] = ['__secure-', '__host-http-', '__host-', '__http-']

/**
 * Reports whether browsers accept a cookie with this name: any characters except controls, `;` and `=`, with no space at
 * either end (RFC 6265bis §5.6). Chromium rejects tabs, too. A header cannot contain characters above U+00FF.
 */
export function isCookieName(name: unknown): name is string {
  return typeof name === 'string' && /^[\x20-\x3A\x3C\x3E-\x7E\x80-\xFF]+$/.test(name) && !/^ | $/.test(name)
}

/** Returns the name's prefix, in lower case. */
export function prefixOf(name: string): Prefix | undefined {
  const start = name.slice(0, 12).toLowerCase()
  return PREFIXES.find((prefix) => start.startsWith(prefix))
}

/** Whether the prefix ties the cookie to one host: no `Domain`, and the path `/`. */
export function isHostOnly(prefix: Prefix | undefined): boolean {
  return prefix === '__host-' || prefix === '__host-http-'
}

/** Whether the prefix requires `HttpOnly`. */
export function isHttpOnly(prefix: Prefix | undefined): boolean {
  return prefix === '__http-' || prefix === '__host-http-'
}
