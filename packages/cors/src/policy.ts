import { checkBoolean, checkOptions, describe, readSeconds } from '@tsgi/core/options'
import { type OriginCheck, readOrigins } from './allowed-origins.ts'
import type { CorsOptions } from './cors-options.ts'

/** The options of a `cors()`, checked, and the values of its header fields. */
export interface Policy {
  /** `undefined` if every origin is allowed by `*`. */
  readonly allows: OriginCheck | undefined
  readonly credentials: boolean
  /** `undefined` to allow the headers that the preflight names. */
  readonly headers: string | undefined
  /** Whether `Authorization` has to be added to `headers`, because `*` does not include it. */
  readonly addsAuthorization: boolean
  readonly expose: string | undefined
  /** The header fields that are the same for every allowed preflight. */
  readonly preflight: Readonly<Record<string, string>>
}

const OPTIONS = ['origin', 'credentials', 'methods', 'headers', 'expose', 'maxAge']
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Reads the options of `cors()`. Throws a TypeError if one is unknown, missing or invalid. */
export function readPolicy(options: CorsOptions): Policy {
  checkOptions('cors', options, OPTIONS)
  const { origin, credentials = false, methods = METHODS, headers, expose, maxAge = 600 } = options
  checkBoolean('cors: credentials', credentials)
  if (origin === undefined) {
    throw new TypeError(`cors: origin is missing: name the origins that may read responses, or '*' for all`)
  }
  if (origin === '*' && credentials) {
    throw new TypeError("cors: origin must not be '*' with credentials: name the origins that may send them")
  }
  const methodNames = readTokens('methods', methods, credentials).join(', ')
  const headerNames = headers === undefined ? undefined : readTokens('headers', headers, credentials)
  const exposed = expose === undefined ? '' : readTokens('expose', expose, credentials).join(', ')
  const seconds = readSeconds('cors: maxAge', maxAge)
  const addsAuthorization = headerNames?.includes('*') === true && !headerNames.some(isAuthorization)
  const varies = [
    ...(origin === '*' ? [] : ['Origin']),
    ...(headerNames !== undefined && !addsAuthorization ? [] : ['Access-Control-Request-Headers']),
  ]
  return {
    allows: origin === '*' ? undefined : readOrigins(origin, credentials),
    credentials,
    headers: headerNames?.join(', '),
    addsAuthorization,
    expose: exposed === '' ? undefined : exposed,
    preflight: {
      ...(credentials && { 'access-control-allow-credentials': 'true' }),
      'access-control-allow-methods': methodNames,
      'access-control-max-age': String(seconds),
      ...(varies.length > 0 && { vary: varies.join(', ') }),
    },
  }
}

/** Whether it is the header that a `*` does not include (Fetch Standard, "CORS protocol"). */
export function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization'
}

/** RFC 9110 §5.6.2 */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

export function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value)
}

function readTokens(option: string, value: unknown, credentials: boolean): readonly string[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`cors: ${option} must be a list of names, got ${describe(value)}`)
  }
  for (const name of value) {
    if (!isToken(name))
      throw new TypeError(`cors: ${option} must be a list of names, got ${describe(name)} in it`)
    if (name === '*' && credentials) {
      throw new TypeError(
        `cors: ${option} must not have '*' with credentials: browsers take it as a name then`,
      )
    }
  }
  return value
}
