import { hasEntityTag } from './entity-tag.ts'
import { parseHttpDate } from './http-date.ts'

/** What identifies the current version of a resource (RFC 9110 §8.8). */
export interface Validators {
  /** The value of the `ETag` field, with its quotes: `"v1"`, or `W/"v1"` if it is weak. */
  readonly etag?: string | undefined
  /** Fractions of a second are ignored, as in the `Last-Modified` field. */
  readonly lastModified?: Date | undefined
}

/** The part of a request that has preconditions. An environ and a `Request` are two. */
export interface ConditionalRequest {
  readonly method: string
  readonly headers: Headers
}

/**
 * Evaluates the preconditions of a request: `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`.
 * Returns the status to respond with instead of handling the request, or `undefined` to handle it. Invalid dates are
 * ignored.
 *
 * Only evaluate them if the response would otherwise have a status of 2xx (RFC 9110 §13.2.1).
 *
 * Source: RFC 9110 §13.2.2.
 *
 * @param current The validators of the current version; `undefined` if the resource does not exist.
 *
 * @example
 * ```ts
 * import { evaluatePreconditions } from '@tsgi/core/http'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const get = testEnviron('/', { headers: { 'if-none-match': '"v1"' } })
 * evaluatePreconditions(get, { etag: '"v1"' }) // => 304
 * evaluatePreconditions(get, { etag: '"v2"' }) // => undefined
 *
 * const put = testEnviron('/', { method: 'PUT', headers: { 'if-match': '"v1"' } })
 * evaluatePreconditions(put, { etag: '"v2"' }) // => 412
 * evaluatePreconditions(put, undefined) // => 412
 * ```
 */
export function evaluatePreconditions(
  { method, headers }: ConditionalRequest,
  current: Validators | undefined,
): 304 | 412 | undefined {
  if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') return undefined
  const isRead = method === 'GET' || method === 'HEAD'

  const match = headers.get('if-match')
  if (match !== null) {
    if (!isListed(match, current, 'strong')) return 412
  } else {
    const unmodifiedSince = headers.get('if-unmodified-since')
    if (unmodifiedSince !== null && isNewer(current, unmodifiedSince) === true) return 412
  }

  const noneMatch = headers.get('if-none-match')
  if (noneMatch !== null) {
    if (!isListed(noneMatch, current, 'weak')) return undefined
    return isRead ? 304 : 412
  }
  const modifiedSince = isRead ? headers.get('if-modified-since') : null
  return modifiedSince !== null && isNewer(current, modifiedSince) === false ? 304 : undefined
}

/**
 * Reports whether the ranges that a request asks for are of the current version: `true` unless `If-Range` has another
 * entity tag or date. If it is `false`, ignore `Range` and send the whole representation.
 *
 * A weak tag never matches. A date has to be that of `lastModified`, and not in the current second, in which the resource
 * may still change.
 *
 * Source: RFC 9110 §13.1.5.
 *
 * @example
 * ```ts
 * import { isRangeCurrent } from '@tsgi/core/http'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const environ = testEnviron('/', { headers: { range: 'bytes=100-', 'if-range': '"v1"' } })
 * isRangeCurrent(environ, { etag: '"v1"' }) // => true
 * isRangeCurrent(environ, { etag: '"v2"' }) // => false
 * ```
 */
export function isRangeCurrent({ headers }: ConditionalRequest, current: Validators): boolean {
  const range = headers.get('if-range')
  if (range === null) return true
  if (range.endsWith('"')) return range === current.etag && !range.startsWith('W/')
  const modified = secondsOf(current)
  const named = parseHttpDate(range)
  if (modified === undefined || named === undefined) return false
  return modified * 1000 === named.getTime() && modified < Math.floor(Date.now() / 1000)
}

function isListed(list: string, current: Validators | undefined, comparison: 'strong' | 'weak'): boolean {
  if (list === '*') return current !== undefined
  return current?.etag !== undefined && hasEntityTag(list, current.etag, comparison)
}

/** Reports whether the resource was modified after a date; undefined if either is unknown. */
function isNewer(current: Validators | undefined, since: string): boolean | undefined {
  const modified = secondsOf(current)
  if (modified === undefined) return undefined
  const date = parseHttpDate(since)
  return date && modified * 1000 > date.getTime()
}

/** Returns when the resource was modified, in whole seconds. */
function secondsOf(current: Validators | undefined): number | undefined {
  const seconds = Math.floor((current?.lastModified?.getTime() ?? Number.NaN) / 1000)
  return Number.isNaN(seconds) ? undefined : seconds
}
