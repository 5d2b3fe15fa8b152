import { trimOws } from './field-list.ts'

/**
 * Returns the content coding among `offers` that the client prefers, the first one if several are preferred equally.
 * Returns `undefined` if the content should be sent without a coding, which is always allowed: if the client accepts none
 * of the offers, prefers `identity`, or did not send `Accept-Encoding`.
 *
 * A coding whose `q` is malformed is refused. `x-gzip` is `gzip`. Only the first 64 codings are read.
 *
 * Source: RFC 9110 §12.5.3.
 *
 * @param accept The value of the `Accept-Encoding` header, or `null` if there is none.
 * @param offers Codings in lower case, such as `br` and `gzip`.
 *
 * @example
 * ```ts
 * import { preferredEncoding } from '@tsgi/core/http'
 *
 * preferredEncoding('gzip, deflate, br, zstd', ['zstd', 'br', 'gzip']) // => 'zstd'
 * preferredEncoding('br;q=0.5, gzip;q=0.8', ['zstd', 'br', 'gzip']) // => 'gzip'
 * preferredEncoding('br;q=0, *', ['br']) // => undefined
 * ```
 */
export function preferredEncoding<Coding extends string>(
  accept: string | null,
  offers: readonly Coding[],
): Coding | undefined {
  if (accept === null) return undefined
  const qualities = parseQualities(accept)
  const others = qualities.get('*')
  let best: Coding | undefined
  let bestQuality = 0
  for (const offer of offers) {
    const quality = qualities.get(offer) ?? others ?? 0
    if (quality > bestQuality) {
      best = offer
      bestQuality = quality
    }
  }
  return (qualities.get('identity') ?? others ?? 0) > bestQuality ? undefined : best
}

/** Browsers send a dozen or fewer. */
const MAX_ELEMENTS = 64

/** Returns the names in a list such as `gzip;q=0.5, br`, with their quality values. Other parameters are ignored. */
export function parseQualities(list: string): Map<string, number> {
  const qualities = new Map<string, number>()
  for (const element of list.split(',', MAX_ELEMENTS)) {
    const [text = '', ...parameters] = element.split(';')
    const name = trimOws(text)
      .toLowerCase()
      .replace(/^x-(?=gzip$)/, '')
    if (name !== '' && !qualities.has(name)) qualities.set(name, qualityOf(parameters))
  }
  return qualities
}

function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name, weight = ''] = parameter.split('=', 2).map(trimOws)
    if (name === 'q' || name === 'Q') {
      return /^[01](?:\.\d*)?$/.test(weight) ? Math.min(Number(weight), 1) : 0
    }
  }
  return 1
}
