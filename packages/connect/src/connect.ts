import { type Application, type Environ, extend, HttpError, handle, type Middleware } from '@tsgi/core'
import type { Connected, ConnectMiddleware, Next } from './contract.ts'
import { deliver } from './deliver.ts'
import { incomingOf, innerUrl } from './incoming.ts'
import { Outgoing } from './outgoing.ts'

/**
 * A `(req, res, next)` middleware of Connect or Express as one of this project.
 *
 * It is given Node's own classes, on every gateway alike: a request made from the environ, and a response that becomes a
 * `Response`. What it sets, it sets on the application's response; what the application sets goes before it, but
 * `Set-Cookie` and `Vary` are added up. The application's body passes through the `res.write` and `res.end` that the
 * middleware has put there. A response that the middleware ends itself is the answer. Of Express's own members there is
 * `res.redirect` alone: a middleware that needs others goes into a whole Express application, which is a
 * middleware too.
 *
 * `environ.connect.req` is the request, with what middleware has added; `Added` says what that is. One request is
 * shared by every `connect` of a stack.
 *
 * @throws TypeError where the middleware is not a function. The application throws what is given to `next`, an error with
 *   a status from 400 to 499 as an `HttpError` of that status.
 *
 * @example
 * ```ts
 * import { connect } from '@tsgi/connect'
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const user = connect<{ user: string }>((req, res, next) => {
 *   res.setHeader('X-Frame-Options', 'DENY')
 *   Object.assign(req, { user: 'Ada' })
 *   next()
 * })
 *
 * const response = await client(user(({ connect }) => text(`Hello ${connect.req.user}`))).get('/')
 * response.headers.get('x-frame-options') // => 'DENY'
 * await response.text() // => 'Hello Ada'
 * ```
 */
export function connect<Added extends object = object>(
  middleware: ConnectMiddleware,
): Middleware<{ connect: Connected<Added> }> {
  if (typeof middleware !== 'function') {
    throw new TypeError(`connect: middleware must be a function, got ${typeof middleware}`)
  }
  return (app) =>
    function connectMiddleware(environ) {
      return run(middleware, app as Application<{ connect: Connected }>, environ)
    }
}

async function run(
  middleware: ConnectMiddleware,
  app: Application<{ connect: Connected }>,
  environ: Environ,
): Promise<Response> {
  const req = incomingOf(environ)
  const res = new Outgoing(req, environ)
  const outerUrl = req.url
  req.url = innerUrl(environ)
  let isOver = false

  const fail = (error: unknown) => {
    if (res.isWhole) environ.errors.write(asError(error))
    else res.destroy(asError(error))
  }
  const pass = async (inner: Application<{ connect: Connected }>) => {
    const response = await handle(inner, extend(environ, { connect: { req } }))
    await deliver(response, res, environ)
  }
  const next: Next = (error) => {
    if (isOver || res.writableEnded) {
      // What fails after the response was handed on can only be reported (a session that was not stored).
      if (error) environ.errors.write(asError(error))
      return
    }
    isOver = true
    // An error's response passes through the middleware as any other, so that what it has set is there.
    const failing = () => {
      throw forClient(asError(error))
    }
    pass(error ? failing : app).catch(fail)
  }
  try {
    const returned = middleware(req, res, next)
    if (returned instanceof Promise) returned.catch(next)
  } catch (error) {
    next(error)
  }
  try {
    return await res.response
  } finally {
    req.url = outerUrl
  }
}

function asError(error: unknown): Error {
  if (error instanceof Error) return error
  return new Error(`A middleware failed with ${String(error)}`, { cause: error })
}

/** An error that blames the client in the manner of Express, by a status of its own, as one that says so here. */
function forClient(error: Error & { status?: unknown; statusCode?: unknown; expose?: unknown }): Error {
  const status = Number(error.status ?? error.statusCode)
  if (error instanceof HttpError || !(status >= 400 && status <= 499)) return error
  return new HttpError(status, error.expose === true ? error.message : undefined, { cause: error })
}
