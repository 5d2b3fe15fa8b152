import { type ParsedSetCookie, parseSetCookie } from './parse-set-cookie.ts'

/** One cookie of a client. */
interface StoredCookie {
  readonly name: string
  readonly value: string
  /** `undefined`, which means every host, if a test has set the cookie. */
  readonly domain: string | undefined
  /** Whether only the host itself gets the cookie, not its subdomains. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  /** Milliseconds since the epoch; `Infinity` if it ends with the browser's session. */
  readonly expires: number
}

/**
 * The cookies of a test client. It accepts and sends the same cookies as a browser: if a browser would drop a cookie, so
 * does the jar, and the test fails.
 *
 * It follows RFC 6265bis §5.7 and §5.8, and Chromium if that differs: sizes, control characters, dates, domains and paths,
 * the prefixes of names, `Secure` and `SameSite=None`. Like most browsers, it treats localhost as secure. It has no public
 * suffix list: it only rejects domains without a dot, such as `com`.
 *
 * @example
 * ```ts
 * import { CookieJar } from '@tsgi/core/testing'
 *
 * const jar = new CookieJar()
 * jar.store('id=7; Path=/; HttpOnly', new URL('http://localhost/'))
 * jar.get('id') // => '7'
 * jar.header(new URL('http://localhost/users')) // => 'id=7'
 * jar.store('theme=dark; SameSite=None', new URL('http://localhost/'))
 * jar.get('theme') // => undefined
 * ```
 */
export class CookieJar {
  readonly #cookies = new Map<string, StoredCookie>()

  /** Returns the value of a cookie as it was sent, with its percent-encoding. */
  get(name: string): string | undefined {
    return this.#current().find((cookie) => cookie.name === name)?.value
  }

  /** Sets a cookie for every path: replaces the value of a cookie with the path `/`, or adds one for every host. */
  set(name: string, value: string): void {
    const expires = Number.POSITIVE_INFINITY
    const existing = this.#current().filter((cookie) => cookie.name === name && cookie.path === '/')
    for (const cookie of existing) this.#add({ ...cookie, value, expires })
    if (existing.length > 0) return
    this.#add({ name, value, domain: undefined, hostOnly: false, path: '/', secure: false, expires })
  }

  /** Deletes all cookies of this name. */
  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key)
  }

  /** Deletes all cookies. */
  clear(): void {
    this.#cookies.clear()
  }

  /** Returns the `Cookie` header of a request for this URL; `''` if there is none to send. */
  header(url: URL): string {
    return this.#current()
      .filter(
        (cookie) =>
          hostMatches(url.hostname, cookie) &&
          pathMatches(url.pathname, cookie.path) &&
          (!cookie.secure || isSecure(url)),
      )
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ')
  }

  /** Stores the cookie of a `Set-Cookie` header in a response to a request for this URL. */
  store(setCookie: string, url: URL): void {
    const parsed = parseSetCookie(setCookie)
    if (parsed === undefined) return
    const { name, value, secure, expires } = parsed
    // A domain without a dot is a public suffix, or a host such as localhost.
    const hostOnly = parsed.domain === '' || (parsed.domain === url.hostname && !parsed.domain.includes('.'))
    const domain = parsed.domain === '' ? url.hostname : parsed.domain
    const path = parsed.path ?? (url.pathname.replace(/\/[^/]*$/, '') || '/')
    const cookie = { name, value, domain, hostOnly, path, secure, expires }
    if (!hostOnly && (!domain.includes('.') || !domainMatches(url.hostname, domain))) return
    if (secure && !isSecure(url)) return
    if (parsed.sameSite === 'none' && !secure) return
    if (!followsPrefix(parsed)) return
    if (!secure && !isSecure(url) && this.#hasSecure(cookie)) return
    this.#cookies.delete(keyOf({ ...cookie, domain: undefined, hostOnly: false }))
    this.#add(cookie)
  }

  /** Reports whether this cookie, from an insecure origin, would overlay a `Secure` cookie. */
  #hasSecure({ name, domain = '', path }: StoredCookie): boolean {
    return this.#current().some(
      (other) =>
        other.secure &&
        other.name === name &&
        pathMatches(path, other.path) &&
        (domainMatches(domain, other.domain ?? '') || domainMatches(other.domain ?? '', domain)),
    )
  }

  #add(cookie: StoredCookie): void {
    const key = keyOf(cookie)
    // In Chromium, a cookie keeps its place in the order of creation only if it keeps its value.
    if (this.#cookies.get(key)?.value !== cookie.value) this.#cookies.delete(key)
    this.#cookies.set(key, cookie)
  }

  #current(): StoredCookie[] {
    const now = Date.now()
    return [...this.#cookies.values()].filter(({ expires }) => expires > now)
  }
}

/** Returns a key that identifies a cookie. No part of it can contain a line break. */
function keyOf({ name, domain, hostOnly, path }: StoredCookie): string {
  return [name, domain, hostOnly, path].join('\n')
}

/** RFC 6265bis §4.1.3: browsers ignore the case of a prefix, and look for it in a nameless cookie's value, too. */
function followsPrefix({ name, value, secure, httpOnly, domain, path }: ParsedSetCookie): boolean {
  const [prefix] = /^__(?:host-http-|host-|http-|secure-)/i.exec(name === '' ? value : name) ?? []
  if (prefix === undefined) return true
  if (name === '' || !secure) return false
  if (/http-/i.test(prefix) && !httpOnly) return false
  return !/host-/i.test(prefix) || (domain === '' && path === '/')
}

function hostMatches(host: string, { domain, hostOnly }: StoredCookie): boolean {
  if (domain === undefined) return true
  return hostOnly ? host === domain : domainMatches(host, domain)
}

/** RFC 6265bis §5.1.3. */
function domainMatches(host: string, domain: string): boolean {
  const isAddress = /^[\d.]+$|:/.test(host)
  return host === domain || (!isAddress && host.endsWith(`.${domain}`))
}

/** RFC 6265bis §5.1.4. */
function pathMatches(requested: string, path: string): boolean {
  return requested === path || requested.startsWith(path.endsWith('/') ? path : `${path}/`)
}

/** Browsers treat localhost as trustworthy (Secure Contexts §3.1). */
function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || url.hostname === 'localhost' || url.hostname === '127.0.0.1'
}
