import { type Application, type Environ, extend, HttpError, handle, type Middleware } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import { toError, toHttpError } from './errors.ts'
import { ExpressRequest } from './express-request.ts'
import { ExpressResponse } from './express-response.ts'
import { innerUrl } from './request.ts'
import { sendResponse } from './send-response.ts'
import type { Connected, ConnectMiddleware, Next } from './types.ts'

/**
 * Turns Connect or Express middleware, `(req, res, next)`, into TSGI middleware.
 *
 * The middleware receives Node's classes on every gateway: a request created from the environ, and a response that becomes
 * a `Response`. The headers that it sets are added to the application's response. If both set a header, the application's
 * value takes precedence; `Set-Cookie` and `Vary` are combined. The application's body passes through `res.write` and
 * `res.end`, which the middleware may have replaced. If the middleware ends the response, the application is not called.
 *
 * The request, with the properties that middleware has added, is `environ.connect.req`. `Added` is the type of these
 * properties. All `connect` layers of a stack share one request.
 *
 * An error passed to `next` is thrown: as an `HttpError` if it has a `status` from 400 to 599, otherwise unchanged.
 *
 * @throws TypeError if the middleware is not a function, or is an error handler with four parameters.
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
): Middleware<{ connect: Connected<Added> }, { readonly connect?: unknown }> {
  if (typeof middleware !== 'function') {
    throw new TypeError(
      `connect: middleware must be a function (req, res, next), got ${describe(middleware)}`,
    )
  }
  if (middleware.length > 3) {
    throw new TypeError(
      'connect: an error handler (err, req, res, next) is not middleware. Mount it inside an Express application: ' +
        'connect(express().use(middleware, errorHandler))',
    )
  }
  return (app) =>
    // The properties of the application describe it, for example the routes of a router.
    Object.assign(function connectMiddleware(environ: Environ) {
      return run(middleware, app as Application<{ connect: Connected }>, environ)
    }, app)
}

async function run(
  middleware: ConnectMiddleware,
  app: Application<{ connect: Connected }>,
  environ: Environ,
): Promise<Response> {
  const req = requestOf(environ)
  const res = new ExpressResponse(req, environ)
  const { url: outerUrl, baseUrl: outerBaseUrl } = req
  req.url = innerUrl(environ)
  req.baseUrl = environ.scriptName
  let isPassedOn = false

  const passOn = async (inner: Application<{ connect: Connected }>) => {
    isPassedOn = true
    try {
      const response = await handle(inner, extend(environ, { connect: { req } }))
      await sendResponse(response, res, environ)
    } catch (error) {
      if (res.isWhole) environ.errors.write(toError(error))
      else res.fail(toError(error))
    }
  }
  const fail = (error: unknown) => {
    // Too late to change the response: it is complete or cut off, or the application's response is being sent.
    if (res.writableEnded || res.destroyed || (res.headersSent && isPassedOn)) reportLate(error, environ)
    else if (res.headersSent) res.fail(toError(error))
    else {
      // The error response passes through the middleware like any other, so it has the headers that the middleware sets.
      passOn(() => {
        throw toHttpError(error)
      })
    }
  }
  const next: Next = (error) => {
    if (error) fail(error)
    else if (!isPassedOn && !res.writableEnded) passOn(app)
  }
  // Unlike `next()`, a rejection without a reason is a failure.
  const onThrown = (error: unknown) => fail(error || toError(error))
  try {
    const returned = middleware(req, res, next)
    if (isThenable(returned)) returned.then(undefined, onThrown)
  } catch (error) {
    onThrown(error)
  }
  try {
    return await res.response
  } finally {
    req.url = outerUrl
    req.baseUrl = outerBaseUrl
  }
}

/** Reports an error that no response can show, unless the client caused it. */
function reportLate(thrown: unknown, { errors }: Environ): void {
  const error = toHttpError(thrown)
  if (!(error instanceof HttpError) || error.status >= 500) errors.write(toError(thrown))
}

/** Requests created here. Express replaces their prototype, so `instanceof` does not recognize them. */
const requests = new WeakSet<object>()

/** Returns the request that outer layers have put into the environ, or creates it. */
function requestOf(environ: Environ & { connect?: Partial<Connected> }): ExpressRequest {
  const existing = environ.connect?.req
  if (typeof existing === 'object' && requests.has(existing)) return existing as ExpressRequest
  const request = new ExpressRequest(environ)
  requests.add(request)
  return request
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
