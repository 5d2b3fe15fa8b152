import { type Application, type Environ, extend, type Middleware, respond } from '@tsgi/core'
import type { CookieOptions } from './cookie-options.ts'
import { type Cookies, Jar } from './jar.ts'
import { createEncrypter, createSigner } from './sealer.ts'
import { setCookie, withCookies } from './set-cookie.ts'

/**
 * The options of {@link cookies}.
 *
 * @example
 * ```ts
 * import type { CookiesOptions } from '@tsgi/cookies'
 *
 * const newest = '7yNp0yC0DnhJdRVPBv3NQdRZCkJSZmB8zBv2wTLZ1zY'
 * const before = 'GzQ4JdX1mF2b0mC9zTqSgWn5Vb8cRkLhYp3uEaXo7sI'
 * const options: CookiesOptions = { secrets: [newest, before], defaults: { sameSite: 'strict' } }
 * ```
 */
export interface CookiesOptions {
  /**
   * What signs and encrypts: random, of at least 32 characters each. The first seals what is set, all of them open
   * what is read, so that a new one can be put in front without losing what was sealed before.
   */
  readonly secrets?: string | readonly string[]
  /** Attributes of every cookie that is set or deleted, unless the call gives its own or the name's prefix rules it out. */
  readonly defaults?: Omit<CookieOptions, 'maxAge' | 'expires'>
}

/**
 * Adds `cookies` to the environ: what the client sent, and what the response is to set. `Set-Cookie` is added when the
 * application inside has answered, whatever it answered with; an {@link HttpError} it throws is answered here for that.
 *
 * @throws TypeError where a secret is shorter than 32 characters or a default is no attribute.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { cookies } from '@tsgi/cookies'
 *
 * const application = cookies()(({ cookies }) => {
 *   const visits = Number(cookies.get('visits') ?? 0) + 1
 *   cookies.set('visits', String(visits), { maxAge: 3600 })
 *   return text(`Visit ${visits}`)
 * })
 *
 * const browser = client(application)
 * await browser.get('/')
 * const response = await browser.get('/')
 * await response.text() // => 'Visit 2'
 * response.headers.get('set-cookie') // => 'visits=2; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax'
 * ```
 */
export function cookies({ secrets, defaults = {} }: CookiesOptions = {}): Middleware<{ cookies: Cookies }> {
  checkDefaults(defaults)
  const config = {
    defaults,
    signer: secrets === undefined ? undefined : createSigner(secrets),
    encrypter: secrets === undefined ? undefined : createEncrypter(secrets),
  }

  return function cookies<E extends object>(app: Application<E & { cookies: Cookies }>): Application<E> {
    return function cookies(environ: Environ & E) {
      const jar = new Jar(environ, config)
      const response = respond(app, extend(environ, { cookies: jar }))
      return response instanceof Promise
        ? response.then((response) => finish(response, jar))
        : finish(response, jar)
    }
  }
}

function finish(response: Response, jar: Jar): Response | Promise<Response> {
  const changes = jar.commit()
  if (changes instanceof Promise) return changes.then((changes) => withCookies(response, changes))
  return changes.length === 0 ? response : withCookies(response, changes)
}

function checkDefaults(defaults: CookieOptions): void {
  try {
    setCookie('name', '', defaults)
  } catch (error) {
    const { message } = (error as Error).cause as Error
    throw new TypeError(`cookies: defaults must be attributes that a cookie can have: ${message}`)
  }
}
