import { withHeaders } from '@tsgi/core'
import type { Settings } from './options.ts'
import type { Consumption } from './stores/store.ts'

/** Whole seconds until the window ends, the same in every field and in the body: at least 1. */
export function secondsLeft({ resetIn }: Consumption): number {
  return Math.max(1, Math.ceil(resetIn / 1000))
}

/** Returns the points that are left. */
export function remainingOf({ points }: Settings, { consumed }: Consumption): number {
  return Math.max(0, points - consumed)
}

/**
 * Returns the header fields that describe a limit.
 *
 * Source: draft-ietf-httpapi-ratelimit-headers-10, "RateLimit header fields for HTTP".
 */
export function fieldsOf(settings: Settings, consumption: Consumption): Record<string, string> {
  const { fields, name, points, window } = settings
  if (fields === 'none') return {}
  const remaining = remainingOf(settings, consumption)
  const seconds = secondsLeft(consumption)
  if (fields === 'standard') {
    return {
      'ratelimit-policy': `"${name}";q=${points};w=${window / 1000}`,
      ratelimit: `"${name}";r=${remaining};t=${seconds}`,
    }
  }
  return {
    'x-ratelimit-limit': String(points),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(seconds),
  }
}

/** Adds the fields of a limit to a response. The standard fields are lists with a member for each limit. */
export function withFields(response: Response, settings: Settings, consumption: Consumption): Response {
  const { fields } = settings
  if (fields === 'none') return response
  const added = fieldsOf(settings, consumption)
  if (fields === 'standard') {
    for (const [name, value] of Object.entries(added)) {
      const others = response.headers.get(name)
      if (others !== null) added[name] = `${value}, ${others}`
    }
  }
  return withHeaders(response, added)
}

/** The header fields of a response that rejects the request. */
export function rejectionFields(settings: Settings, consumption: Consumption): Record<string, string> {
  return { ...fieldsOf(settings, consumption), 'retry-after': String(secondsLeft(consumption)) }
}
