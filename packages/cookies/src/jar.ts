import type { Environ } from '@tsgi/core'
import { endOf, over } from './attributes.ts'
import type { CookieOptions, CookieOptionsFor } from './cookie-options.ts'
import { readCookies } from './parse-cookies.ts'
import type { SealedCookies } from './sealed-cookies.ts'
import type { Sealer } from './sealer.ts'
import { type SetCookie, setCookie } from './set-cookie.ts'

/**
 * The cookies of one request and its response: `environ.cookies`, provided by {@link cookies}.
 *
 * @example
 * ```ts
 * import { empty, json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { type Cookies, cookies } from '@tsgi/cookies'
 *
 * const signOut = (cookies: Cookies) => {
 *   for (const name of ['user', 'basket']) if (cookies.has(name)) cookies.delete(name)
 * }
 * const browser = client(
 *   cookies()(({ cookies, pathInfo }) => {
 *     if (pathInfo === '/') return json(cookies.all())
 *     signOut(cookies)
 *     return empty()
 *   }),
 * )
 * browser.cookies.set('user', 'ada')
 * browser.cookies.set('theme', 'dark')
 * await browser.post('/sign-out')
 * await (await browser.get('/')).json() // => { theme: 'dark' }
 * ```
 */
export interface Cookies {
  /**
   * The value of a cookie: what was set in this request, or else what the client sent. Of a sealed cookie it is the
   * sealed text; one whose sealing is not awaited is absent until it is done.
   */
  get(name: string): string | undefined
  /** Whether there is such a cookie. */
  has(name: string): boolean
  /** All cookies by name, in an object without a prototype. */
  all(): Readonly<Record<string, string>>
  /**
   * Sets a cookie on the response, in the place of one set before with the same name, domain and path.
   *
   * @throws TypeError or RangeError naming the cookie, as {@link setCookie}. Error where the response was returned
   *   already.
   */
  set<Name extends string>(name: Name, value: string, options?: CookieOptionsFor<Name>): void
  /**
   * Has the client forget a cookie. `path`, `domain` and `partitioned` must be those that it was set with.
   *
   * @throws As `set`.
   */
  delete<Name extends string>(
    name: Name,
    options?: Omit<CookieOptionsFor<Name>, 'maxAge' | 'expires' | 'priority'>,
  ): void
  /** Cookies that the client can read but not change: HMAC-SHA-256. Throws where the middleware has no `secrets`. */
  readonly signed: SealedCookies
  /** Cookies that the client can neither read nor change: AES-256-GCM. Throws where the middleware has no `secrets`. */
  readonly encrypted: SealedCookies
}

/** What the jar of every request shares. */
export interface JarConfig {
  readonly defaults: Omit<CookieOptions, 'maxAge' | 'expires'>
  readonly signer: Sealer | undefined
  readonly encrypter: Sealer | undefined
}

/** `environ.cookies`, and the changes it collects for the response. */
export class Jar implements Cookies {
  readonly #environ: Environ
  readonly #config: JarConfig
  readonly #changes: (SetCookie | Promise<SetCookie>)[] = []
  /** What this request set, by name: `undefined` for a deleted one, a promise while it is being sealed. */
  readonly #written = new Map<string, string | undefined | Promise<SetCookie>>()
  #received: Readonly<Record<string, string | undefined>> | undefined
  #committed = false

  constructor(environ: Environ, config: JarConfig) {
    this.#environ = environ
    this.#config = config
  }

  get(name: string): string | undefined {
    if (!this.#written.has(name)) return this.#read()[name]
    const written = this.#written.get(name)
    return typeof written === 'string' ? written : undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  all(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.assign(Object.create(null), this.#read())
    for (const [name, value] of this.#written) {
      if (typeof value === 'string') all[name] = value
      else delete all[name]
    }
    return all
  }

  set(name: string, value: string, options?: CookieOptions): void {
    const attributes = this.#attributes(name, options)
    this.#changes.push(setCookie(name, value, attributes))
    this.#written.set(name, isOver(attributes) ? undefined : value)
  }

  delete(name: string, options?: CookieOptions): void {
    this.set(name, '', { ...options, maxAge: 0, expires: new Date(0) })
  }

  get signed(): SealedCookies {
    return this.#sealed('signed', this.#config.signer)
  }

  get encrypted(): SealedCookies {
    return this.#sealed('encrypted', this.#config.encrypter)
  }

  /** What is to be set on the response; nothing can be set any more. A promise only where a value is being sealed. */
  commit(): readonly SetCookie[] | Promise<readonly SetCookie[]> {
    this.#committed = true
    return this.#changes.some((change) => change instanceof Promise)
      ? Promise.all(this.#changes)
      : (this.#changes as readonly SetCookie[])
  }

  #read(): Readonly<Record<string, string | undefined>> {
    this.#received ??= readCookies(this.#environ.headers.get('cookie'))
    return this.#received
  }

  #attributes(name: string, options: CookieOptions = {}): CookieOptions {
    if (this.#committed) {
      throw new Error(`Cannot set the cookie ${JSON.stringify(name)}: the response was returned already`)
    }
    const attributes = over(name, this.#config.defaults, options)
    // Left to `setCookie` over plain HTTP, where a prefix can still demand it.
    return attributes.secure === undefined && this.#environ.scheme === 'https'
      ? { ...attributes, secure: true }
      : attributes
  }

  #sealed(kind: 'signed' | 'encrypted', sealer: Sealer | undefined): SealedCookies {
    if (sealer === undefined) throw new TypeError(`cookies: ${kind} cookies need the option 'secrets'`)
    return {
      get: async (name) => {
        await this.#written.get(name)
        const text = this.get(name)
        return text === undefined ? undefined : sealer.unseal(name, text)
      },
      set: (name: string, value: string, options?: CookieOptions) => {
        const attributes = this.#attributes(name, options)
        const ends = endOf(attributes)
        setCookie(name, sealer.outline(name, value, ends), attributes)
        const change = sealer.seal(name, value, ends).then((sealed) => setCookie(name, sealed, attributes))
        const place = this.#changes.push(change) - 1
        this.#written.set(name, change)
        return change.then((cookie) => {
          this.#changes[place] = cookie
          // Unless it was set again meanwhile.
          if (this.#written.get(name) !== change) return
          this.#written.set(name, isOver(attributes) ? undefined : cookie.value)
        })
      },
    }
  }
}

function isOver(attributes: CookieOptions): boolean {
  const end = endOf(attributes)
  return end !== undefined && end <= Date.now()
}
