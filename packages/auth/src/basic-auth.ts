import {
  type Application,
  type Awaitable,
  type Environ,
  extend,
  HttpError,
  type Middleware,
  type RouteMetadata,
  withMetadata,
} from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'
import { isPrintable, quotedString } from './quoted-string.ts'
import { isUser, type UserOrNone } from './user.ts'

/** The options of {@link basicAuth}. `U` is the type of a user, `R` are the environ keys that `verify` reads. */
export interface BasicAuthOptions<U, R extends object = object> {
  /** The name of the protected area, which browsers show to the user: printable ASCII. */
  readonly realm: string
  /**
   * Returns the user, or `undefined`, `null` or `false` if the name or the password is wrong. Both are in Unicode's composed
   * form (NFC). Do the same work for an unknown name as for a wrong password, so that the time of the response does not tell them apart.
   */
  readonly verify: (name: string, password: string, environ: Environ & R) => Awaitable<UserOrNone<U>>
}

/**
 * Adds `user` to the environ: the user whose name and password the request has. Other requests get status 401, and browsers
 * ask for a name and a password.
 *
 * Source: RFC 7617, "The 'Basic' HTTP Authentication Scheme", with UTF-8.
 *
 * @throws TypeError if an option is unknown, missing or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { basicAuth } from '@tsgi/auth'
 *
 * const verify = (name: string, password: string) => (name === 'ada' && password === 'secret' ? { name } : undefined)
 * const site = client(basicAuth({ realm: 'Reports', verify })(({ user }) => text(`Hello ${user.name}`)))
 *
 * const rejected = await site.get('/')
 * rejected.status // => 401
 * rejected.headers.get('www-authenticate') // => 'Basic realm="Reports", charset="UTF-8"'
 * const response = await site.get('/', { headers: { authorization: `Basic ${btoa('ada:secret')}` } })
 * await response.text() // => 'Hello ada'
 * ```
 */
export function basicAuth<U, R extends object = object>(
  options: BasicAuthOptions<U, R>,
): Middleware<{ user: U }, R> {
  checkOptions('basicAuth', options, ['realm', 'verify'])
  const { realm, verify } = options
  if (!isPrintable(realm)) {
    throw new TypeError(`basicAuth: realm must be printable ASCII, got ${describe(realm)}`)
  }
  if (typeof verify !== 'function') {
    throw new TypeError(`basicAuth: verify must be a function, got ${describe(verify)}`)
  }
  const headers = { 'www-authenticate': `Basic realm=${quotedString(realm)}, charset="UTF-8"` }

  return function basicAuth<E extends R>(app: Application<E & { user: U }>): Application<E> {
    async function basicAuth(environ: Environ & E): Promise<Response> {
      const given = credentialsOf(environ.headers.get('authorization'))
      const user = given && (await verify(...given, environ))
      if (!isUser(user)) throw new HttpError(401, REQUIRED, { headers })
      return app(extend(environ, { user }))
    }
    return withMetadata(basicAuth, METADATA, app)
  }
}

const REQUIRED = 'A valid user name and password are required.'
const METADATA: RouteMetadata = {
  security: [{ basicAuth: [] }],
  securitySchemes: { basicAuth: { type: 'http', scheme: 'basic' } },
  responses: { 401: REQUIRED },
}

/** Returns the name and the password of a request; undefined if there are none, or the field is malformed. */
function credentialsOf(field: string | null): [name: string, password: string] | undefined {
  // If the credentials could be empty, both lists of spaces could match the same ones, in quadratic time.
  const [, encoded] = /^basic +([\w+/-]+={0,2}) *$/i.exec(field ?? '') ?? []
  if (encoded === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).normalize('NFC')
    const colon = text.indexOf(':')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 §2 forbids them
    if (colon === -1 || /[\0-\x1f\x7f]/.test(text)) return undefined
    return [text.slice(0, colon), text.slice(colon + 1)]
  } catch {
    // Not base64, or not UTF-8.
    return undefined
  }
}
