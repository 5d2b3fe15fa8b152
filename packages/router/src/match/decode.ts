import { HttpError } from '@tsgi/core'
import type { Key } from 'path-to-regexp'
import type { Offsets } from './segment.ts'

/**
 * Decodes the parameters of a match and adds them to those of the routers outside. The object inherits no properties, so
 * `__proto__` is a name like any other. Patterns without parameters share one frozen object.
 *
 * @param offsets The offsets in `path` of each of `keys`.
 * @throws HttpError 400 if a parameter is not valid percent-encoding.
 */
export function readParams(
  keys: readonly Key[],
  path: string,
  offsets: Offsets,
  outer: unknown,
): Record<string, string | string[]> {
  if (keys.length === 0 && outer === undefined) return noParams
  const params = new Params()
  if (outer !== undefined) Object.assign(params, outer)
  for (let nth = 0; nth < keys.length; nth++) {
    const { name, type } = keys[nth]!
    const text = path.slice(offsets[2 * nth], offsets[2 * nth + 1])
    params[name] = type === 'param' ? decode(text) : decodeSegments(text)
  }
  return params
}

/** Reports whether all of the text is valid percent-encoded UTF-8. */
export function isDecodable(text: string): boolean {
  if (!text.includes('%')) return true
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Returns the error for a path that cannot be decoded. */
export function undecodablePath(): HttpError {
  return new HttpError(400, 'The path is not valid percent-encoded UTF-8.')
}

const noParams: Record<string, never> = /* @__PURE__ */ Object.freeze(Object.create(null))

/** V8 keeps the properties of an object without a prototype in a hash table, and copies and serializes it slowly. */
const Params = /* @__PURE__ */ Object.assign(function Params() {}, {
  prototype: Object.freeze(Object.create(null)),
}) as unknown as new () => Record<string, string | string[]>

function decodeSegments(text: string): string[] {
  return text.includes('/') ? text.split('/').map(decode) : [decode(text)]
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw undecodablePath()
  }
}
