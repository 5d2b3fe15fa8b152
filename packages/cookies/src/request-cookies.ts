import type { Environ } from '@tsgi/core'
import { expiryOf, mergeOptions } from './attributes.ts'
import { isCookieName } from './cookie-name.ts'
import type { CookieOptions } from './cookie-options.ts'
import type { Cookies } from './cookies-type.ts'
import { readCookies, readValues } from './parse-cookies.ts'
import type { SealedCookies } from './sealed-cookies.ts'
import type { MeasuredSealer } from './sealer.ts'
import { type SetCookie, setCookie } from './set-cookie.ts'

/** The settings that all requests share. */
export interface CookieSettings {
  readonly defaults: Omit<CookieOptions, 'maxAge' | 'expires'>
  readonly signer: MeasuredSealer | undefined
  readonly encrypter: MeasuredSealer | undefined
}

/** The maximum number of cookies with one name that are unsealed, to limit the work that a request can cause. */
const MAX_UNSEALED = 4

/** Reads the request's cookies when they are first used, and collects the cookies that the response sets. */
export class RequestCookies implements Cookies {
  readonly #environ: Environ
  readonly #settings: CookieSettings
  readonly #changes: (SetCookie | Promise<SetCookie>)[] = []
  /** The cookies that this request has set, by name: `undefined` if deleted, a promise while the value is being sealed. */
  readonly #written = new Map<string, string | undefined | Promise<SetCookie>>()
  #received: Readonly<Record<string, string | undefined>> | undefined
  #committed = false

  constructor(environ: Environ, settings: CookieSettings) {
    this.#environ = environ
    this.#settings = settings
  }

  get(name: string): string | undefined {
    if (!this.#written.has(name)) return this.#read()[name]
    const written = this.#written.get(name)
    return typeof written === 'string' ? written : undefined
  }

  getAll(name: string): readonly string[] {
    const value = this.get(name)
    if (value === undefined) return []
    const header = this.#environ.headers.get('cookie') ?? ''
    // Usually there is only one, so the header need not be parsed again.
    const isOnly = this.#written.has(name) || header.indexOf(name) === header.lastIndexOf(name)
    return isOnly ? [value] : readValues(header, name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  all(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null)
    for (const [name, value] of Object.entries(this.#read())) {
      // A client that is not a browser can send names that cannot be deleted.
      if (value !== undefined && isCookieName(name)) all[name] = value
    }
    for (const [name, value] of this.#written) {
      if (typeof value === 'string') all[name] = value
      else delete all[name]
    }
    return all
  }

  set(name: string, value: string, options?: CookieOptions): void {
    const attributes = this.#attributes(name, options)
    this.#changes.push(setCookie(name, value, attributes))
    this.#written.set(name, isExpired(attributes) ? undefined : value)
  }

  delete(name: string, options?: CookieOptions): void {
    this.set(name, '', { ...options, maxAge: 0, expires: new Date(0) })
  }

  get signed(): SealedCookies {
    return this.#sealed('signed', this.#settings.signer)
  }

  get encrypted(): SealedCookies {
    return this.#sealed('encrypted', this.#settings.encrypter)
  }

  /** Prevents further changes and returns the cookies to set: a promise only if a value is still being sealed. */
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
      throw new Error(`Cannot set the cookie ${JSON.stringify(name)}: the response has already been returned`)
    }
    const attributes = mergeOptions(name, this.#settings.defaults, options)
    // Over plain HTTP, `setCookie` decides: other attributes can require it.
    return attributes.secure === undefined && this.#environ.scheme === 'https'
      ? { ...attributes, secure: true }
      : attributes
  }

  #sealed(kind: 'signed' | 'encrypted', sealer: MeasuredSealer | undefined): SealedCookies {
    if (sealer === undefined) throw new TypeError(`cookies: ${kind} cookies need the option 'secrets'`)
    return {
      get: async (name) => {
        await this.#written.get(name)
        for (const sealed of this.getAll(name).slice(0, MAX_UNSEALED)) {
          const value = await sealer.unseal(name, sealed)
          if (value !== undefined) return value
        }
        return undefined
      },
      set: (name: string, value: string, options?: CookieOptions) => {
        const attributes = this.#attributes(name, options)
        setCookie(name, '', attributes)
        const expires = expiryOf(attributes)
        // Sealing is asynchronous, but a cookie that is too large is reported immediately.
        setCookie(name, '-'.repeat(sealer.sealedLength(name, value, expires)), attributes)
        const change = sealer.seal(name, value, expires).then((sealed) => setCookie(name, sealed, attributes))
        const index = this.#changes.push(change) - 1
        this.#written.set(name, change)
        return change.then((cookie) => {
          this.#changes[index] = cookie
          // The cookie may have been set again in the meantime.
          if (this.#written.get(name) !== change) return
          this.#written.set(name, isExpired(attributes) ? undefined : cookie.value)
        })
      },
    }
  }
}

function isExpired(attributes: CookieOptions): boolean {
  const expires = expiryOf(attributes)
  return expires !== undefined && expires.getTime() <= Date.now()
}
