import { HttpError } from '@tsgi/core'
import type { Key } from 'path-to-regexp'
import type { Places } from './segment.ts'

/**
 * The parameters of a match, decoded, over those from outside. The object has no prototype, so `__proto__` is a name
 * like any other; where there are no parameters it is one for all, and frozen.
 *
 * @param places Where in `path` each of `keys` is.
 * @throws HttpError 400 where one is not valid percent-encoding.
 */
export function readParams(
  keys: readonly Key[],
  path: string,
  places: Places,
  outer: unknown,
): Record<string, string | string[]> {
  if (keys.length === 0 && outer === undefined) return none
  const params: Record<string, string | string[]> = Object.create(null)
  if (outer !== undefined) Object.assign(params, outer)
  for (let nth = 0; nth < keys.length; nth++) {
    const { name, type } = keys[nth]!
    const text = path.slice(places[2 * nth], places[2 * nth + 1])
    params[name] = type === 'param' ? decode(text) : decodeSegments(text)
  }
  return params
}

/** The parameters of every pattern that has none. */
const none: Record<string, never> = Object.freeze(Object.create(null))

function decodeSegments(text: string): string[] {
  return text.includes('/') ? text.split('/').map(decode) : [decode(text)]
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw undecodable()
  }
}

/** What is answered to a path that cannot be decoded. */
export function undecodable(): HttpError {
  return new HttpError(400, 'The path is not percent-encoded UTF-8.')
}

/** Whether text is percent-encoded UTF-8 throughout. */
export function decodes(text: string): boolean {
  if (!text.includes('%')) return true
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
