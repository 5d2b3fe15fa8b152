import { HttpError } from '@tsgi/core'
import type { Limits } from './limits.ts'
import { decodeUtf8 } from './utf8.ts'

/**
 * Bytes as JSON (RFC 8259). Throws a 400 where they are none, or where they hold more values or are nested deeper than
 * the limits allow. A key such as `__proto__` is a key like any other.
 */
export function parseJson(bytes: Uint8Array, { depth, values }: Required<Limits>): unknown {
  const text = decodeUtf8(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid JSON.', { cause })
  }
  if (count(value, depth, values) > values) {
    throw new HttpError(
      400,
      `The request body holds more than ${values} values, or nests deeper than ${depth}.`,
    )
  }
  return value
}

/** How many items and entries are inside a value; more than `most` also where it is nested deeper than `levels`. */
function count(value: unknown, levels: number, most: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (levels === 0) return most + 1
  let total = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      total += 1 + count(item, levels - 1, most)
      if (total > most) break
    }
    return total
  }
  // What JSON made has no keys but its own: no list of them need be made.
  for (const key in value) {
    total += 1 + count((value as Record<string, unknown>)[key], levels - 1, most)
    if (total > most) break
  }
  return total
}
