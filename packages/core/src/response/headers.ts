import { changePairs, lightParts, lightResponse, pairsOf } from '#response'
import type { HeaderChanges } from '../http/header-pairs.ts'
import { keepError } from './error-of.ts'
import { rebuild } from './rebuild.ts'

/**
 * Returns the response with changed headers. The original keeps its headers, but its body moves to the new response.
 *
 * Each header replaces those with the same name, except `Set-Cookie`, which is always added. `null` removes a header.
 *
 * @throws TypeError if a name or a value is invalid (RFC 9110 §5), or the body was already read.
 *
 * @example
 * ```ts
 * import { redirect, withHeaders } from '@tsgi/core'
 *
 * const response = withHeaders(redirect('/'), { 'x-powered-by': null, vary: 'Accept', 'set-cookie': ['a=1', 'b=2'] })
 * response.headers.get('vary') // => 'Accept'
 * response.headers.getSetCookie() // => ['a=1', 'b=2']
 * ```
 */
export function withHeaders(response: Response, changes: HeaderChanges): Response {
  const parts = lightParts(response)
  const pairs = parts && changePairs(parts.headers, changes)
  if (pairs !== undefined) return keepError(response, lightResponse(parts!.body, response, pairs))
  const headers = new Headers(response.headers)
  const replaced = new Set<string>()
  for (const [name, value] of Symbol.iterator in changes ? changes : Object.entries(changes)) {
    const lower = name.toLowerCase()
    const values = value === null ? [] : typeof value === 'string' ? [value] : value
    if (value === null || (lower !== 'set-cookie' && !replaced.has(lower))) headers.delete(name)
    replaced.add(lower)
    for (const each of values) headers.append(name, each)
  }
  return parts === undefined
    ? rebuild(response, response.body, headers)
    : keepError(response, lightResponse(parts.body, response, pairsOf(headers)))
}
