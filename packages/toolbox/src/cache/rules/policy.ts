import { parseHttpDate } from '@tsgi/core/http'
import { type Directives, durationOf, parseCacheControl } from './cache-control.ts'
import { varyNames } from './vary.ts'

/** How a response may be reused. Durations in milliseconds. */
export interface Policy {
  /** When the application created the response, in milliseconds since the epoch: its age is 0. */
  readonly createdAt: number
  /** How long it is fresh. */
  readonly lifetime: number
  /** How long it may be sent while it is revalidated in the background, after it has become stale (RFC 5861 §3). */
  readonly staleWhileRevalidate: number
  /** How long it may be sent instead of an error (RFC 5861 §4). */
  readonly staleIfError: number
  /** Whether it must be revalidated before every use. */
  readonly noCache: boolean
  /** Whether it must not be sent when it is stale, even if the client accepts that. */
  readonly mustRevalidate: boolean
  /** Whether requests with `Authorization` may receive it. */
  readonly forAuthorized: boolean
}

/** The settings that decide about storing. */
export interface StoringRules {
  readonly statuses: ReadonlySet<number>
  /** The part of the time since `Last-Modified` for which a response is fresh that does not say how long it is. */
  readonly heuristic: number
}

/** The longest lifetime that is only estimated: a day. */
const MAX_HEURISTIC = 86_400_000

/**
 * Returns how a response may be reused, or undefined if it must not be stored, or could never be used (RFC 9111 §3).
 *
 * A response that does not say for how long it is fresh is only stored if it is `public` and has a validator, or by the
 * heuristic: the status alone does not show that it is meant for everyone.
 */
export function policyOf(
  request: Headers,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  { statuses, heuristic }: StoringRules,
  now: number,
): Policy | undefined {
  const directives = parseCacheControl(headers.get('cache-control'))
  const isMissingStatus = !statuses.has(status)
  // `must-understand` replaces `no-store` for caches that know the status (RFC 9111 §5.2.2.3).
  const isForbidden = directives.has('no-store') && !directives.has('must-understand')
  if (isMissingStatus || isForbidden || directives.has('private')) return undefined
  if (headers.has('set-cookie') || headers.has('content-range') || isEventStream(headers)) return undefined
  if (varyNames(headers.get('vary')) === undefined) return undefined

  const forAuthorized = ['public', 's-maxage', 'must-revalidate'].some((name) => directives.has(name))
  if (request.has('authorization') && !forAuthorized) return undefined

  const lifetime = explicitLifetime(directives, headers, now) ?? estimate(headers, heuristic, now)
  const hasValidator = headers.has('etag') || headers.has('last-modified')
  if (lifetime === undefined && !(directives.has('public') && hasValidator)) return undefined

  const noCache = directives.has('no-cache')
  const isStrict = noCache || directives.has('must-revalidate') || directives.has('proxy-revalidate')
  const allowed = (name: string) => (isStrict ? 0 : (durationOf(directives, name) ?? 0))
  const policy: Policy = {
    createdAt: now - ageOf(headers, now),
    lifetime: lifetime ?? 0,
    staleWhileRevalidate: allowed('stale-while-revalidate'),
    staleIfError: allowed('stale-if-error'),
    noCache,
    // `s-maxage` implies `proxy-revalidate` (RFC 9111 §5.2.2.10).
    mustRevalidate: isStrict || directives.has('s-maxage'),
    forAuthorized,
  }
  const { createdAt, staleWhileRevalidate, staleIfError } = policy
  const usableUntil = createdAt + policy.lifetime + Math.max(staleWhileRevalidate, staleIfError)
  return hasValidator || (usableUntil > now && !noCache) ? policy : undefined
}

/** Returns the lifetime that the response states; undefined if it states none (RFC 9111 §4.2.1). */
function explicitLifetime(directives: Directives, headers: Headers, now: number): number | undefined {
  const stated = durationOf(directives, 's-maxage') ?? durationOf(directives, 'max-age')
  if (stated !== undefined) return stated
  const expires = headers.get('expires')
  if (expires === null) return undefined
  const end = parseHttpDate(expires)?.getTime()
  // An invalid date, such as `0`, is in the past (RFC 9111 §5.3).
  return end === undefined ? 0 : Math.max(0, end - (dateOf(headers) ?? now))
}

function estimate(headers: Headers, heuristic: number, now: number): number | undefined {
  const modified = parseHttpDate(headers.get('last-modified') ?? '')?.getTime()
  if (heuristic === 0 || modified === undefined) return undefined
  return Math.min(Math.max(0, ((dateOf(headers) ?? now) - modified) * heuristic), MAX_HEURISTIC)
}

/** Returns the age that a response has when it arrives, for example from a proxy with a cache (RFC 9111 §4.2.3). */
function ageOf(headers: Headers, now: number): number {
  const apparent = Math.max(0, now - (dateOf(headers) ?? now))
  const [, stated = 0] = /^(\d+)[\t ]*(?:,|$)/.exec(headers.get('age') ?? '') ?? []
  // A `Date` has whole seconds.
  return Math.max(apparent < 1000 ? 0 : apparent, Math.min(Number(stated), 2 ** 31) * 1000)
}

function dateOf(headers: Headers): number | undefined {
  return parseHttpDate(headers.get('date') ?? '')?.getTime()
}

function isEventStream(headers: Headers): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}

/** Reports whether responses of a status can be stored: all except 206 and 304, which are only a part. */
export function isStorableStatus(status: unknown): boolean {
  const value = status as number
  return Number.isInteger(value) && value >= 200 && value <= 599 && value !== 206 && value !== 304
}
