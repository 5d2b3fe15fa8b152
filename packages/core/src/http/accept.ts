import { trimOws } from './field-list.ts'

/**
 * Returns the media type among `offers` that the client prefers, the first one if several are preferred equally, or
 * `undefined` if the client accepts none. A request without `Accept` accepts all of them.
 *
 * The most specific range decides about an offer. A range with parameters only matches an offer that has them; if no offer
 * has its parameters and nothing else matches, it counts as a range without parameters. A malformed `q` is ignored. Only the
 * first 64 ranges are read.
 *
 * Source: RFC 9110 §12.5.1.
 *
 * @param accept The value of the `Accept` header, or `null` if there is none.
 * @param offers Media types, with or without parameters.
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
  const ranges = parseAccept(accept)
  if (ranges.length === 0) return offers[0]
  let best: string | undefined
  let bestQuality = 0
  const types = offers.map(parseRange)
  for (const [at, type] of types.entries()) {
    const quality = qualityOf(type, ranges) ?? bareQualityOf(type, ranges, types)
    if (quality > bestQuality) {
      best = offers[at]
      bestQuality = quality
    }
  }
  return best
}

/** Browsers send ten ranges or fewer. */
const MAX_RANGES = 64

interface MediaRange {
  readonly type: string
  /** Each parameter except `q`, such as `level=1`. */
  readonly parameters: readonly string[]
  readonly quality: number
}

/** Everything up to a comma or a semicolon that is not in a quoted string. */
const ELEMENT = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/gs
const PART = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/gs

function parseAccept(accept: string): MediaRange[] {
  const ranges: MediaRange[] = []
  let read = 0
  for (const [element] of accept.matchAll(ELEMENT)) {
    if (read++ === MAX_RANGES) break
    const range = parseRange(element)
    if (range.type !== '') ranges.push(range)
  }
  return ranges
}

function parseRange(text: string): MediaRange {
  const [type = '', ...rest] = text.match(PART) ?? []
  const parameters: string[] = []
  let quality: number | undefined
  for (const parameter of rest) {
    const [, name = '', value = ''] = /^[\t ]*([^\t =]+)[\t ]*=[\t ]*(.*)$/s.exec(parameter) ?? []
    if (name.toLowerCase() !== 'q') parameters.push(`${name}=${unquoted(trimOws(value))}`.toLowerCase())
    else if (/^[01](?:\.\d{0,3})?[\t ]*$/.test(value)) quality ??= Math.min(Number(value), 1)
  }
  return { type: trimOws(type).toLowerCase(), parameters, quality: quality ?? 1 }
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.replace(/^"|"$/g, '').replace(/\\(.)/gs, '$1') : value
}

/** Returns the quality of the most specific range that matches, or undefined if none does. */
function qualityOf(offer: MediaRange, ranges: readonly MediaRange[]): number | undefined {
  const { type } = offer
  const applying = ranges.filter((range) => hasParameters(offer, range))
  const exact = applying
    .filter((range) => range.type === type)
    .sort((one, other) => other.parameters.length - one.parameters.length)[0]
  const range =
    exact ??
    applying.find((range) => range.type === `${type.slice(0, type.indexOf('/'))}/*`) ??
    applying.find((range) => range.type === '*/*')
  return range?.quality
}

/** Returns the quality of a range of this type whose parameters no offer has, or 0. */
function bareQualityOf(
  { type }: MediaRange,
  ranges: readonly MediaRange[],
  offers: readonly MediaRange[],
): number {
  const isOffered = (range: MediaRange) =>
    offers.some((offer) => offer.type === type && hasParameters(offer, range))
  return ranges.find((range) => range.type === type && !isOffered(range))?.quality ?? 0
}

function hasParameters(offer: MediaRange, { parameters }: MediaRange): boolean {
  return parameters.every((each) => offer.parameters.includes(each))
}
