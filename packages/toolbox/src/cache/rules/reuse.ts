import { type Directives, durationOf } from './cache-control.ts'
import type { Policy } from './policy.ts'

/** What to do with a stored response: send it, send it and revalidate it in the background, or revalidate it first. */
export type Reuse = 'send' | 'send-and-revalidate' | 'revalidate'

/** Decides whether a stored response satisfies a request (RFC 9111 §4.2, §5.2.1). */
export function reuseOf(policy: Policy, request: Directives, now: number): Reuse {
  if (policy.noCache || request.has('no-cache')) return 'revalidate'
  const age = Math.max(0, now - policy.createdAt)
  const maxAge = durationOf(request, 'max-age') ?? Number.POSITIVE_INFINITY
  if (age >= maxAge) return 'revalidate'
  const staleFor = age - policy.lifetime
  if (staleFor < -(durationOf(request, 'min-fresh') ?? 0)) return 'send'
  if (request.has('min-fresh')) return 'revalidate'
  if (staleFor < policy.staleWhileRevalidate) return 'send-and-revalidate'
  return !policy.mustRevalidate && staleFor <= maxStaleOf(request) ? 'send' : 'revalidate'
}

/** The statuses that `stale-if-error` is for (RFC 5861 §4). */
export const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504])

/** Reports whether a stored response may be sent because the application failed (RFC 5861 §4). */
export function isUsableOnError(policy: Policy, request: Directives, now: number): boolean {
  if (policy.noCache || request.has('no-cache')) return false
  const requested = policy.mustRevalidate ? 0 : (durationOf(request, 'stale-if-error') ?? 0)
  return now - policy.createdAt - policy.lifetime < Math.max(policy.staleIfError, requested)
}

function maxStaleOf(request: Directives): number {
  // Without a value, a response of any age is acceptable.
  if (request.get('max-stale') === '') return Number.POSITIVE_INFINITY
  return durationOf(request, 'max-stale') ?? Number.NEGATIVE_INFINITY
}
