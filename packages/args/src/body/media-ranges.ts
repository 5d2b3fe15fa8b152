import { describe } from '@tsgi/core/options'

/** Returns media types and ranges in lower case. Throws a `TypeError` if there is none or one is malformed. */
export function checkTypes(types: readonly string[], name: string): readonly string[] {
  if (!Array.isArray(types)) throw new TypeError(`${name}: types must be a list, got ${describe(types)}`)
  const wrong = types.find((type) => !/^(?:\*\/\*|[\w.+-]+\/[\w.+*-]+)$/.test(type))
  if (types.length === 0 || wrong !== undefined) {
    throw new TypeError(`${name}: types must be media types or ranges, got ${describe(wrong ?? types)}`)
  }
  return types.map((type) => type.toLowerCase())
}
