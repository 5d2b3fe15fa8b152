import type { Application } from '../contract/application.ts'
import type { Environ } from '../contract/environ.ts'
import { reportedRequest, requestLine } from '../contract/error-log.ts'
import { describe } from '../options/describe.ts'
import { errorResponse } from './error-response.ts'

/** Marks a promise that always resolves to a response, so that no other layer has to wait for it again. */
const handled = Symbol('tsgi.handled')
type Handled = Promise<Response> & { [handled]?: true }

/**
 * Calls an application and turns any error into a response with {@link errorResponse}. Never throws or rejects, and returns
 * synchronously if the application does.
 *
 * Gateways and `stack` use it to call applications. Middleware that adds something to every response should use it, too, so
 * that it also works without a `stack`.
 *
 * @example
 * ```ts
 * import { handle, HttpError, type Middleware, withHeaders } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const stamped: Middleware = (app) => async (environ) => withHeaders(await handle(app, environ), { 'x-stamp': '1' })
 *
 * const application = stamped(() => {
 *   throw new HttpError(404)
 * })
 * const response = await client(application).get('/')
 * response.status // => 404
 * response.headers.get('x-stamp') // => '1'
 * ```
 */
export function handle<E extends object>(
  app: Application<E>,
  environ: Environ & E,
): Response | Promise<Response> {
  try {
    const returned: unknown = app(environ)
    if (returned instanceof Response) return returned
    if (!(returned instanceof Promise)) return errorResponse(notAResponse(returned, environ), environ)
    const promise = returned as Handled
    if (promise[handled]) return promise
    const response: Handled = settle(promise, environ)
    response[handled] = true
    return response
  } catch (error) {
    return errorResponse(error, environ)
  }
}

const { then } = Promise.prototype

/** Waits as `await` does, even for a promise with its own `then`. An async function would cost twice as much per layer. */
function settle(promise: Promise<unknown>, environ: Environ): Promise<Response> {
  return then.call(
    Promise.resolve(promise),
    (returned) => checked(returned, environ),
    (error) => errorResponse(error, environ),
  ) as Promise<Response>
}

function checked(returned: unknown, environ: Environ): Response {
  try {
    return returned instanceof Response ? returned : errorResponse(notAResponse(returned, environ), environ)
  } catch (error) {
    // Reading the prototype of a proxy may throw.
    return errorResponse(error, environ)
  }
}

function notAResponse(returned: unknown, environ: Environ): TypeError {
  const request = requestLine(reportedRequest(environ))
  const hint = typeof returned === 'function' ? '. Is it a middleware factory that was not called?' : ''
  return new TypeError(`${request}: the application returned ${describe(returned)}, not a Response${hint}`)
}

const guarded = new WeakSet<Application<never>>()

/**
 * Returns an application that is called through {@link handle}.
 *
 * @param inside The application that it wraps. Its properties, such as the routes of a router, are copied.
 */
export function guard<E extends object>(app: Application<E>, inside?: Application<never>): Application<E> {
  if (guarded.has(app)) return app
  const safe: Application<E> = function guarded(environ) {
    return handle(app, environ)
  }
  guarded.add(safe)
  inherit(safe, app)
  if (inside !== undefined) inherit(safe, inside)
  return safe
}

/** Whether an application is called through {@link handle}: it never throws, and returns nothing but responses. */
export function isGuarded(app: Application<never>): boolean {
  return guarded.has(app)
}

/** Copies the properties of a function to another one that lacks them, and returns this one. */
export function inherit<To extends object>(to: To, from: object): To {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from))) add(key, descriptor)
  for (const key of Object.getOwnPropertySymbols(from)) add(key, Object.getOwnPropertyDescriptor(from, key)!)

  function add(key: string | symbol, descriptor: PropertyDescriptor): void {
    if (key !== 'prototype' && !Object.hasOwn(to, key)) Object.defineProperty(to, key, descriptor)
  }
  return to
}
