/**
 * The media type among `offers` that a request prefers, the earlier offer where two are equal; undefined where it
 * accepts none. A request without `Accept` accepts all (RFC 9110 §12.5.1).
 *
 * Parameters other than `q` are not compared, a malformed `q` counts as absent, and at most 64 ranges are looked at.
 *
 * @param accept The `Accept` field's value, or null where there is none.
 * @param offers Media types in lower case, without parameters.
 *
 * @example
 * ```ts
 * import { preferredMediaType } from '@tsgi/core'
 *
 * preferredMediaType('text/html, application/json;q=0.9', ['application/json', 'text/html']) // => 'text/html'
 * preferredMediaType('image/png', ['text/html']) // => undefined
 * ```
 */
export function preferredMediaType(accept: string | null, offers: readonly string[]): string | undefined {
  if (accept === null) return offers[0]
  const ranges = accept
    .split(',', MAX_RANGES)
    .map(parseRange)
    .filter(({ type }) => type !== '')
  if (ranges.length === 0) return offers[0]
  let best: string | undefined
  let bestQuality = 0
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges)
    if (quality > bestQuality) {
      best = offer
      bestQuality = quality
    }
  }
  return best
}

/** Ranges beyond these are not looked at: browsers send ten or fewer. */
const MAX_RANGES = 64

interface MediaRange {
  readonly type: string
  readonly quality: number
}

function parseRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';')
  const quality = parameters.map((parameter) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/i.exec(parameter)?.[1])
  return { type: type.trim().toLowerCase(), quality: Math.min(Number(quality.find(Boolean) ?? 1), 1) }
}

/** The quality of the most specific range that matches (RFC 9110 §12.5.1). */
function qualityOf(offer: string, ranges: readonly MediaRange[]): number {
  const wildcards = [offer, `${offer.slice(0, offer.indexOf('/'))}/*`, '*/*']
  for (const wildcard of wildcards) {
    const range = ranges.find(({ type }) => type === wildcard)
    if (range) return range.quality
  }
  return 0
}
