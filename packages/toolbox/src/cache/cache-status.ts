import { withHeaders } from '@tsgi/core'

/** Why a request was forwarded to the application (RFC 9211 §2.2). */
export type ForwardReason = 'bypass' | 'miss' | 'stale' | 'request'

/** How the cache handled a request (RFC 9211 §2). */
export interface CacheStatus {
  /** Whether the response is from the cache, without a call of the application for this request. */
  readonly isHit?: boolean
  /** Why the request was forwarded to the application. */
  readonly forwarded?: ForwardReason
  /** The status of the application's response, if another one was sent. */
  readonly forwardedStatus?: number
  /** How long the response is still fresh, in milliseconds; negative if it is stale. */
  readonly freshFor?: number
  /** Whether the response is being stored. */
  readonly isStored?: boolean
  /** Whether the request waited for the response to another one. */
  readonly isCollapsed?: boolean
}

/** Writes an element of the field `Cache-Status`. */
export function statusText(name: string, status: CacheStatus): string {
  let text = name
  if (status.isHit) text += '; hit'
  if (status.forwarded !== undefined) text += `; fwd=${status.forwarded}`
  if (status.forwardedStatus !== undefined) text += `; fwd-status=${status.forwardedStatus}`
  if (status.freshFor !== undefined) text += `; ttl=${Math.floor(status.freshFor / 1000)}`
  if (status.isStored) text += '; stored'
  if (status.isCollapsed) text += '; collapsed'
  return text
}

/** Adds an element to the field, after those of caches that are closer to the application. */
export function withCacheStatus(response: Response, name: string | false, status: CacheStatus): Response {
  if (name === false) return response
  const before = response.headers.get('cache-status')
  const text = statusText(name, status)
  return withHeaders(response, { 'cache-status': before === null ? text : `${before}, ${text}` })
}
