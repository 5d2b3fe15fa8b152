import {
  type Application,
  chain,
  type Environ,
  errorResponse,
  HttpError,
  handle,
  type Middleware,
  withHeaders,
} from '@tsgi/core'
import { addVary } from '@tsgi/core/http'
import type { CorsOptions } from './cors-options.ts'
import { type Policy, readPolicy } from './policy.ts'
import { allowPreflight, isPreflight } from './preflight.ts'

/**
 * Lets pages of other origins read the responses of the application. Answers preflights without calling the application, and
 * adds header fields to every other response, including error responses.
 *
 * Source: Fetch Standard, "CORS protocol".
 *
 * @throws TypeError if an option is unknown, missing or invalid, or does not work with `credentials`.
 *
 * @example
 * ```ts
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { cors } from '@tsgi/cors'
 *
 * const application = cors({ origin: 'https://app.example.com' })(() => json([1, 2]))
 *
 * const response = await client(application).get('/', { headers: { origin: 'https://app.example.com' } })
 * response.headers.get('access-control-allow-origin') // => 'https://app.example.com'
 * const foreign = await client(application).get('/', { headers: { origin: 'https://evil.example' } })
 * foreign.headers.get('access-control-allow-origin') // => null
 * ```
 */
export function cors(options: CorsOptions): Middleware {
  const policy = readPolicy(options)

  return function cors<E extends object>(app: Application<E>): Application<E> {
    return function cors(environ: Environ & E) {
      const origin = environ.headers.get('origin')
      const { allows } = policy
      if (allows === undefined) return respond(app, environ, policy, origin, true)
      if (origin === null) return respond(app, environ, policy, origin, false)
      return chain(allows(origin, environ), (allowed) => respond(app, environ, policy, origin, allowed))
    }
  }
}

function respond<E extends object>(
  app: Application<E>,
  environ: Environ & E,
  policy: Policy,
  origin: string | null,
  allowed: boolean,
): Response | Promise<Response> {
  if (origin !== null && isPreflight(environ)) {
    if (allowed) return allowPreflight(policy, origin, environ)
    const error = new HttpError(403, 'This origin is not allowed to send the request.')
    return withPolicy(errorResponse(error, environ), policy, origin, false)
  }
  return chain(handle(app, environ), (response) => withPolicy(response, policy, origin, allowed))
}

/** The fields that only `cors` decides about. */
const OWN = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-private-network',
  'access-control-max-age',
]

/** Adds the fields for an allowed origin. Removes those that the application or its upstream has set. */
function withPolicy(response: Response, policy: Policy, origin: string | null, allowed: boolean): Response {
  const { headers } = response
  const changes: Record<string, string | null> = {}
  for (const name of OWN) if (headers.has(name)) changes[name] = null
  if (policy.allows !== undefined) changes.vary = addVary(headers.get('vary'), 'Origin')
  if (allowed) {
    changes['access-control-allow-origin'] = policy.allows === undefined ? '*' : origin
    if (policy.credentials) changes['access-control-allow-credentials'] = 'true'
    if (policy.expose !== undefined) changes['access-control-expose-headers'] = policy.expose
  } else if (headers.has('access-control-expose-headers')) {
    changes['access-control-expose-headers'] = null
  }
  return withHeaders(response, changes)
}
