import type { CookieOptions, Cookies } from '@tsgi/cookies'

/** The maximum number of cookies with the session's name that are checked, to limit the work that a request can cause. */
const MAX_CANDIDATES = 4

/** The cookie that identifies a session or contains it. */
export class SessionCookie {
  readonly name: string
  readonly #scope: CookieOptions

  /** @param scope All attributes except `Max-Age`. */
  constructor(name: string, scope: CookieOptions) {
    this.name = name
    this.#scope = scope
  }

  /** Returns a cookie with the same attributes whose name has a suffix. */
  withSuffix(suffix: string): SessionCookie {
    return suffix === '' ? this : new SessionCookie(this.name + suffix, this.#scope)
  }

  /** Returns the values that the client sent: several if, for example, a sibling domain has set a cookie with this name. */
  values(cookies: Cookies): readonly string[] {
    const values = cookies.getAll(this.name)
    return values.length < 2 ? values : [...new Set(values)].slice(0, MAX_CANDIDATES)
  }

  /** @param maxAge How long the browser keeps the cookie, in seconds; `undefined` for as long as the browser runs. */
  set(cookies: Cookies, value: string, maxAge: number | undefined): void {
    cookies.set(this.name, value, { ...this.#scope, maxAge })
  }

  /** Deletes the cookie if the client has it. Returns whether the client has it. */
  delete(cookies: Cookies): boolean {
    if (!cookies.has(this.name)) return false
    cookies.delete(this.name, this.#scope)
    return true
  }
}
