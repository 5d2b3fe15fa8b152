import type { CookieOptions, Cookies } from '@tsgi/cookies'

/** How many cookies of the session's name are looked at: a bound on the work that one request can cause. */
const MAX_CANDIDATES = 4

/** The cookie that identifies a session or contains it. */
export class SessionCookie {
  readonly name: string
  readonly #options: CookieOptions
  readonly #scope: CookieOptions

  /**
   * @param scope The attributes that are needed to delete the cookie.
   * @param maxAge How long the browser keeps it, in seconds; by default until the browser is closed.
   */
  constructor(name: string, scope: CookieOptions, maxAge: number | undefined) {
    this.name = name
    this.#scope = scope
    this.#options = maxAge === undefined ? scope : { ...scope, maxAge }
  }

  /** Returns the values that the client sent: several if, for example, a sibling domain has set a cookie of this name. */
  values(cookies: Cookies): readonly string[] {
    const values = cookies.getAll(this.name)
    return values.length < 2 ? values : [...new Set(values)].slice(0, MAX_CANDIDATES)
  }

  set(cookies: Cookies, value: string): void {
    cookies.set(this.name, value, this.#options)
  }

  /** Deletes the cookie if the client has it. Returns whether it does. */
  delete(cookies: Cookies): boolean {
    if (!cookies.has(this.name)) return false
    cookies.delete(this.name, this.#scope)
    return true
  }
}
