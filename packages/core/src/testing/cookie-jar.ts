/** One cookie as a client keeps it. */
interface StoredCookie {
  readonly value: string
  readonly path: string
  readonly secure: boolean
  /** Milliseconds since the epoch; `Infinity` for a session cookie. */
  readonly expires: number
}

/**
 * The cookies of one test client: it keeps what responses set and sends what fits each request, by path, `Secure`
 * and expiry, and refuses what a browser refuses: `Secure` from an insecure origin, a `__Host-` or `__Secure-` name
 * without what it promises. One host, so `Domain` is not looked at.
 *
 * Source: RFC 6265bis §5.7 and §5.8.
 *
 * @example
 * ```ts
 * import { CookieJar } from '@tsgi/core/testing'
 *
 * const jar = new CookieJar()
 * jar.store('id=7; Path=/; HttpOnly', new URL('http://localhost/'))
 * jar.get('id') // => '7'
 * jar.header(new URL('http://localhost/users')) // => 'id=7'
 * ```
 */
export class CookieJar {
  readonly #cookies = new Map<string, StoredCookie>()

  /** The value of a cookie the client has, as it was sent: percent-encoding kept. */
  get(name: string): string | undefined {
    return this.#live().find(([key]) => keyName(key) === name)?.[1].value
  }

  /** Gives the client a cookie for every path. */
  set(name: string, value: string): void {
    this.#cookies.set(keyOf(name, '/'), {
      value,
      path: '/',
      secure: false,
      expires: Number.POSITIVE_INFINITY,
    })
  }

  /** Forgets one cookie, on every path. */
  delete(name: string): void {
    for (const key of this.#cookies.keys()) if (keyName(key) === name) this.#cookies.delete(key)
  }

  /** Forgets all of them. */
  clear(): void {
    this.#cookies.clear()
  }

  /** The `Cookie` field of a request to this URL, `''` where no cookie fits. */
  header(url: URL): string {
    return this.#live()
      .filter(([, cookie]) => pathMatches(url.pathname, cookie.path) && (!cookie.secure || isSecure(url)))
      .sort(([, a], [, b]) => b.path.length - a.path.length)
      .map(([key, { value }]) => `${keyName(key)}=${value}`)
      .join('; ')
  }

  /** Takes one `Set-Cookie` field of a response to a request for this URL. */
  store(setCookie: string, url: URL): void {
    const [pair = '', ...attributes] = setCookie.split(';')
    if (!pair.includes('=')) return
    const name = pair.slice(0, pair.indexOf('=')).trim()
    const value = pair.slice(pair.indexOf('=') + 1).trim()
    const byName = new Map(
      attributes.map((attribute): [string, string] => {
        const [key = '', ...rest] = attribute.split('=')
        return [key.trim().toLowerCase(), rest.join('=').trim()]
      }),
    )
    const given = byName.get('path')
    const path = given?.startsWith('/') ? given : url.pathname.replace(/\/[^/]*$/, '') || '/'
    const expires = expiryOf(byName)
    const secure = byName.has('secure')
    // What a browser refuses is refused here: a test should see what a browser would send.
    if (secure && !isSecure(url)) return
    if (/^__(?:secure|host)-/i.test(name) && !secure) return
    if (/^__host-/i.test(name) && (given !== '/' || byName.has('domain'))) return
    this.#cookies.set(keyOf(name, path), { value, path, secure, expires })
  }

  #live(): [string, StoredCookie][] {
    const now = Date.now()
    return [...this.#cookies].filter(([, { expires }]) => expires > now)
  }
}

/** Attributes that do not parse are ignored (RFC 6265bis §5.6.1, §5.6.2). */
function expiryOf(attributes: ReadonlyMap<string, string>): number {
  const maxAge = attributes.get('max-age') ?? ''
  if (/^-?\d+$/.test(maxAge))
    return Number(maxAge) <= 0 ? Number.NEGATIVE_INFINITY : Date.now() + Number(maxAge) * 1000
  const date = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : date
}

function keyOf(name: string, path: string): string {
  return `${name}\n${path}`
}

function keyName(key: string): string {
  return key.slice(0, key.indexOf('\n'))
}

function pathMatches(requested: string, path: string): boolean {
  return requested === path || requested.startsWith(path.endsWith('/') ? path : `${path}/`)
}

/** Browsers count localhost as trustworthy (Secure Contexts §3.1). */
function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || url.hostname === 'localhost' || url.hostname === '127.0.0.1'
}
