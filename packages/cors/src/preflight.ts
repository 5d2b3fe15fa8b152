import { type Environ, empty } from '@tsgi/core'
import { isToken, type Policy } from './policy.ts'

/** Reports whether a request with an `Origin` is a preflight (Fetch Standard, "CORS protocol"). */
export function isPreflight({ method, headers }: Environ): boolean {
  return method === 'OPTIONS' && Boolean(headers.get('access-control-request-method'))
}

/** Creates the response that allows a preflight. */
export function allowPreflight(policy: Policy, origin: string, { headers }: Environ): Response {
  const requested = headers.get('access-control-request-headers')
  const allowed = allowedHeaders(policy, requested)
  const vary = [policy.allows && 'Origin', isConstant(policy) ? undefined : 'Access-Control-Request-Headers']
  return empty(204, {
    headers: {
      'access-control-allow-origin': policy.allows === undefined ? '*' : origin,
      ...(policy.credentials && { 'access-control-allow-credentials': 'true' }),
      'access-control-allow-methods': policy.methods,
      ...(allowed !== '' && { 'access-control-allow-headers': allowed }),
      'access-control-max-age': policy.maxAge,
      ...(vary.some(Boolean) && { vary: vary.filter(Boolean).join(', ') }),
    },
  })
}

/** Whether `Access-Control-Allow-Headers` is the same for every request. */
function isConstant({ headers, addsAuthorization }: Policy): boolean {
  return headers !== undefined && !addsAuthorization
}

/** More than any page needs, and few enough to echo. */
const MAX_HEADERS = 64

function allowedHeaders({ headers, addsAuthorization }: Policy, requested: string | null): string {
  if (headers !== undefined && !addsAuthorization) return headers
  const names = (requested ?? '').split(',', MAX_HEADERS + 1).map((name) => name.trim())
  if (headers !== undefined) {
    const asked = names.some((name) => name.toLowerCase() === 'authorization')
    return asked ? `${headers}, Authorization` : headers
  }
  const valid = names.slice(0, MAX_HEADERS).filter(isToken)
  return valid.length === names.length ? (requested ?? '') : valid.join(', ')
}
