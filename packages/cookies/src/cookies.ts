import { type Application, chain, type Environ, extend, handle, type Middleware } from '@tsgi/core'
import { checkOptions, readSecrets } from '@tsgi/core/options'
import { ATTRIBUTES, type CookieOptions } from './cookie-options.ts'
import type { Cookies } from './cookies-type.ts'
import { type CookieSettings, RequestCookies } from './request-cookies.ts'
import { encrypterOf, signerOf } from './sealer.ts'
import { setCookie, withCookies } from './set-cookie.ts'

/**
 * The options of {@link cookies}.
 *
 * @example
 * ```ts
 * import type { CookiesOptions } from '@tsgi/cookies'
 *
 * const newest = '7yNp0yC0DnhJdRVPBv3NQdRZCkJSZmB8zBv2wTLZ1zY'
 * const previous = 'GzQ4JdX1mF2b0mC9zTqSgWn5Vb8cRkLhYp3uEaXo7sI'
 * const options: CookiesOptions = { secrets: [newest, previous], defaults: { sameSite: 'strict' } }
 * ```
 */
export interface CookiesOptions {
  /**
   * The secrets for signed and encrypted cookies: one or a list, random, at least 32 characters each. The first seals new
   * cookies, all of them unseal. To rotate, put a new one first.
   */
  readonly secrets?: string | readonly string[]
  /**
   * Attributes for every cookie that is set or deleted. The attributes of a call and the rules of a name's prefix take
   * precedence.
   */
  readonly defaults?: Omit<CookieOptions, 'maxAge' | 'expires'>
}

/**
 * Adds `cookies` to the environ: the cookies that the client sent, and methods to set cookies on the response, including
 * error responses.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { cookies } from '@tsgi/cookies'
 *
 * const application = cookies()(({ cookies }) => {
 *   const visits = Number(cookies.get('visits') ?? 0) + 1
 *   cookies.set('visits', String(visits), { maxAge: '1h' })
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
export function cookies(options: CookiesOptions = {}): Middleware<{ cookies: Cookies }> {
  const settings = readSettings(options)

  return function cookies<E extends object>(app: Application<E & { cookies: Cookies }>): Application<E> {
    return function cookies(environ: Environ & E) {
      const jar = new RequestCookies(environ, settings)
      return chain(handle(app, extend(environ, { cookies: jar })), (response) =>
        chain(jar.commit(), (changes) => withCookies(response, changes)),
      )
    }
  }
}

function readSettings(options: CookiesOptions): CookieSettings {
  checkOptions('cookies', options, ['secrets', 'defaults'])
  const { defaults = {} } = options
  checkOptions('cookies: defaults', defaults, ATTRIBUTES.filter(isDefault))
  try {
    setCookie('name', '', defaults)
  } catch (error) {
    throw new TypeError(`cookies: defaults: ${((error as Error).cause as Error).message}`)
  }
  // Do not turn signing off if an environment variable is not set.
  if (!('secrets' in options)) return { defaults, signer: undefined, encrypter: undefined }
  const secrets = readSecrets('cookies', options.secrets)
  return { defaults, signer: signerOf(secrets), encrypter: encrypterOf(secrets) }
}

function isDefault(attribute: string): boolean {
  return attribute !== 'maxAge' && attribute !== 'expires'
}
