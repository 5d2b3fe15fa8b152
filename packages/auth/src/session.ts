/**
 * Signs visitors in and out with a session: `@tsgi/auth/session`.
 */
import {
  type Application,
  type Awaitable,
  type Environ,
  extend,
  HttpError,
  type Middleware,
  redirect,
  withMetadata,
} from '@tsgi/core'
import { checkOptions, type Duration, describe } from '@tsgi/core/options'
import type { KeepsUser, SignInSession } from './sign-in-session.ts'
import { isUser, type UserOrNone } from './user.ts'

export type { SignInSession } from './sign-in-session.ts'

/** The options of {@link signIn}. */
export interface SignInOptions {
  /**
   * How long the session lasts without being used, even if the browser is closed, if the visitor wants to be remembered. By
   * default, as long as the options of `session()` say.
   */
  readonly remember?: Duration | undefined
}

/**
 * Signs a visitor in: keeps the id of the user in the session, and gives the session a new id, so that one that was planted
 * before does not become the session of the user.
 *
 * @throws TypeError if the id is not text, empty or longer than 255 characters, or if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { redirect, stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { cookies } from '@tsgi/cookies'
 * import { router } from '@tsgi/router'
 * import { session } from '@tsgi/session'
 * import { signedIn, signIn, signOut } from '@tsgi/auth/session'
 *
 * const users = new Map([['7', { name: 'Ada' }]])
 * const web = stack(cookies(), session({ secrets: 'kD2xV0wq1cYbN5tZr8sGm3uHfJ7aLpEo' }))
 * const application = router(web, {
 *   '/sign-in': {
 *     POST: (environ) => {
 *       signIn(environ, '7')
 *       return redirect('/', 303)
 *     },
 *   },
 *   '/sign-out': {
 *     POST: (environ) => {
 *       signOut(environ)
 *       return redirect('/', 303)
 *     },
 *   },
 *   '/': signedIn({ load: (id) => users.get(id) })(({ user }) => text(`Hello ${user.name}`)),
 * })
 *
 * const browser = client(application)
 * const stranger = await browser.get('/')
 * stranger.status // => 401
 * await browser.post('/sign-in')
 * const response = await browser.get('/')
 * await response.text() // => 'Hello Ada'
 * ```
 */
export function signIn<S extends object>(
  environ: { readonly session: S & KeepsUser<S> },
  user: string,
  options: SignInOptions = {},
): void {
  const session = environ.session as unknown as SignInSession['session']
  if (typeof user !== 'string' || user === '') {
    throw new TypeError(`signIn: user must be text that is not empty, got ${describe(user)}`)
  }
  checkOptions('signIn', options, ['remember'])
  session.regenerateId({ user, remember: options.remember })
  session.set('user', user)
}

/**
 * Signs a visitor out: ends the session and deletes its values.
 *
 * @example
 * ```ts
 * import { type Application, redirect } from '@tsgi/core'
 * import { type SignInSession, signOut } from '@tsgi/auth/session'
 *
 * const application: Application<SignInSession> = (environ) => {
 *   signOut(environ)
 *   return redirect('/', 303)
 * }
 * ```
 */
export function signOut({ session }: { readonly session: { destroy(): void } }): void {
  session.destroy()
}

/** The options of {@link signedIn}. `U` is the type of a user, `R` are the environ keys that `load` reads. */
export interface SignedInOptions<U, R extends object = object> {
  /** Returns the user of an id, or `undefined`, `null` or `false` if the user no longer exists, which ends the session. */
  readonly load: (id: string, environ: Environ & R) => Awaitable<UserOrNone<U>>
  /**
   * The path of the sign-in page. A visitor who is not signed in is redirected to it when a page is requested; its query has
   * the path of that page as `next`. Other requests get status 401. Default: none.
   */
  readonly signInPath?: string
}

/**
 * Adds `user` to the environ: the user who has signed in. Other visitors get status 401, or are redirected to the sign-in page.
 *
 * @throws TypeError if an option is unknown, missing or invalid.
 *
 * @example
 * ```ts
 * import { stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { cookies } from '@tsgi/cookies'
 * import { session } from '@tsgi/session'
 * import { signedIn } from '@tsgi/auth/session'
 *
 * const web = stack(
 *   cookies(),
 *   session({ secrets: 'kD2xV0wq1cYbN5tZr8sGm3uHfJ7aLpEo' }),
 *   signedIn({ load: (id) => ({ id }), signInPath: '/sign-in' }),
 * )
 * const site = client(web(({ user }) => text(user.id)))
 * const response = await site.get('/account?tab=2', { headers: { accept: 'text/html' }, redirect: 'manual' })
 * response.headers.get('location') // => '/sign-in?next=%2Faccount%3Ftab%3D2'
 * ```
 */
export function signedIn<U, R extends object = object>(
  options: SignedInOptions<U, R>,
): Middleware<{ user: U }, SignInSession & R> {
  checkOptions('signedIn', options, ['load', 'signInPath'])
  const { load, signInPath } = options
  if (typeof load !== 'function')
    throw new TypeError(`signedIn: load must be a function, got ${describe(load)}`)
  if (signInPath !== undefined && (localPath(signInPath) !== signInPath || /[?#]/.test(signInPath))) {
    throw new TypeError(
      `signedIn: signInPath must be a path that starts with one slash and has no query, got ${describe(signInPath)}`,
    )
  }

  return function signedIn<E extends SignInSession & R>(app: Application<E & { user: U }>): Application<E> {
    async function signedIn(environ: Environ & E): Promise<Response> {
      const { session } = environ
      const id = session.get('user')
      const user = typeof id === 'string' ? await load(id, environ) : undefined
      if (isUser(user)) return app(extend(environ, { user }))
      if (id !== undefined) session.destroy()
      if (signInPath === undefined || !isNavigation(environ)) throw new HttpError(401, SIGN_IN)
      const { scriptName, pathInfo, queryString } = environ
      const next = `${scriptName}${pathInfo}${queryString === '' ? '' : `?${queryString}`}`
      return redirect(`${signInPath}?${new URLSearchParams({ next })}`, 303)
    }
    return withMetadata(signedIn, { responses: { 401: SIGN_IN } }, app)
  }
}

const SIGN_IN = 'Sign in first.'

/** Reports whether a browser asks for a page. */
function isNavigation({ method, headers }: Environ): boolean {
  return (method === 'GET' || method === 'HEAD') && (headers.get('accept') ?? '').includes('text/html')
}

/**
 * Returns where to send a visitor who has signed in: the path in the query's `next` if it is one of this site, otherwise
 * `fallback`. Anything else could send the visitor to another site.
 *
 * @example
 * ```ts
 * import { nextPath } from '@tsgi/auth/session'
 *
 * nextPath({ queryString: 'next=%2Faccount%3Ftab%3D2' }) // => '/account?tab=2'
 * nextPath({ queryString: 'next=https%3A%2F%2Fevil.example' }) // => '/'
 * nextPath({ queryString: 'next=%2F%2Fevil.example' }, '/home') // => '/home'
 * ```
 */
export function nextPath({ queryString }: Pick<Environ, 'queryString'>, fallback = '/'): string {
  return localPath(new URLSearchParams(queryString).get('next') ?? '') ?? fallback
}

/** Returns the path if browsers resolve it to this site: they read `//` and `/\` as the beginning of a host. */
function localPath(path: unknown): string | undefined {
  return typeof path === 'string' && /^\/(?![/\\])[!-~]*$/.test(path) && !path.includes('\\')
    ? path
    : undefined
}
