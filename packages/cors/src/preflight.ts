import { type Environ, empty } from '@tsgi/core'
import { trimOws } from '@tsgi/core/http'
import { isAuthorization, isToken, type Policy } from './policy.ts'

/** Reports whether a request with an `Origin` is a preflight (Fetch Standard, "CORS protocol"). */
export function isPreflight({ method, headers }: Environ): boolean {
  return method === 'OPTIONS' && Boolean(headers.get('access-control-request-method'))
}

/** Creates the response that allows a preflight. */
export function allowPreflight(policy: Policy, origin: string, environ: Environ): Response {
  const headers: Record<string, string> = {
    'access-control-allow-origin': policy.allows === undefined ? '*' : origin,
    ...policy.preflight,
  }
  const allowed = allowedHeaders(policy, environ.headers.get('access-control-request-headers') ?? '')
  if (allowed !== '') headers['access-control-allow-headers'] = allowed
  return empty(204, { headers })
}

/** More than any page needs, and few enough to echo. */
const MAX_HEADERS = 64

function allowedHeaders({ headers, addsAuthorization }: Policy, requested: string): string {
  if (headers !== undefined) {
    const isAsked = addsAuthorization && namesIn(requested).some(isAuthorization)
    return isAsked ? `${headers}, Authorization` : headers
  }
  if (requested === '') return ''
  const names = namesIn(requested)
  const valid = names.slice(0, MAX_HEADERS).filter(isToken)
  return valid.length === names.length ? requested : valid.join(', ')
}

function namesIn(requested: string): readonly string[] {
  return requested.split(',', MAX_HEADERS + 1).map(trimOws)
}
