import { HttpError } from '@tsgi/core'
import { decodeUtf8 } from './read-body.ts'

/**
 * Bytes as JSON (RFC 8259). Throws a 400 where they are none, or where arrays and objects are nested deeper than
 * `maxDepth`. A key such as `__proto__` is a key like any other.
 */
export function parseJson(bytes: Uint8Array, maxDepth: number): unknown {
  const text = decodeUtf8(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid JSON.', { cause })
  }
  if (isDeeper(value, maxDepth)) {
    throw new HttpError(400, `The request body is nested deeper than ${maxDepth} levels.`)
  }
  return value
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
