import { HttpError } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import type { ArgsLimits } from './limits.ts'
import { decodeUtf8 } from './utf8.ts'

/**
 * Parses JSON (RFC 8259). Throws 400 if it is invalid, has more values than allowed or is nested too deeply. `__proto__` is
 * a key like any other.
 */
export function parseJson(bytes: Uint8Array, { maxDepth, maxValues }: Limits<ArgsLimits>): unknown {
  const text = decodeUtf8(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid JSON.', { cause })
  }
  if (count(value, maxDepth, maxValues) > maxValues) {
    throw new HttpError(
      400,
      `The request body has more than ${maxValues} values, or is nested deeper than ${maxDepth} levels.`,
    )
  }
  return value
}

/** Counts the items and entries inside a value. Also returns more than `most` if the value is nested deeper than `levels`. */
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
  // Objects created by JSON.parse have no inherited keys, so `for in` is safe and needs no list of keys.
  for (const key in value) {
    total += 1 + count((value as Record<string, unknown>)[key], levels - 1, most)
    if (total > most) break
  }
  return total
}
