import { parse } from 'range-parser'

/** Part of a file, in bytes. `end` is not included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Parses a `Range` header. Returns `undefined` for the whole file: if the header is malformed, has another unit than bytes or
 * asks for several ranges, which a server may ignore and which have no use but attacks (RFC 9110 §14.2 and §17.15).
 */
export function parseRange(header: string | null, size: number): ByteRange | 'unsatisfiable' | undefined {
  if (header === null || header.includes(',')) return undefined
  const { code, type, ranges } = parse(size, header)
  if (type !== 'bytes' || code === 1) return undefined
  const range = ranges[0]
  if (range !== undefined) return { start: range.start, end: range.end + 1 }
  return code === 2 ? 'unsatisfiable' : undefined
}
