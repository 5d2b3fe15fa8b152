/**
 * A value as a session gives it out: not to be changed, at any depth. To change what a session holds is to `set` or
 * `update` it.
 *
 * @example
 * ```ts
 * import type { Immutable } from '@tsgi/session'
 *
 * const cart: Immutable<{ items: string[] }> = { items: ['tea'] }
 * // @ts-expect-error 'push' is not there: the array is read-only
 * cart.items.push
 * ```
 */
export type Immutable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : { readonly [K in keyof T]: Immutable<T[K]> }

/** The values of a session as it gives them out. */
export type Read<Values extends object> = { readonly [K in keyof Values]: Immutable<Values[K]> }

/** Deeper than anything a session is for, and what a cycle runs into. */
const MAX_DEPTH = 64

/**
 * A frozen copy of a value as JSON keeps it. Members of an object that are `undefined` are left out, as in JSON.
 *
 * @param path Where the value stands, for messages: a key.
 * @throws TypeError naming the place, where the value would not come back from JSON as it was: a function, `undefined`,
 *   a `Date`, a `Map`, a class's instance, `NaN`, a bigint, a symbol, or one that holds itself.
 */
export function jsonValue(path: string, value: unknown, depth = 0): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw refusal(path, typeof value === 'number' ? String(value) : typeof value)
  if (depth === MAX_DEPTH)
    throw new TypeError(`session: ${path} is deeper than ${MAX_DEPTH}, or holds itself`)
  if (Array.isArray(value)) {
    return Object.freeze(Array.from(value, (item, index) => jsonValue(`${path}[${index}]`, item, depth + 1)))
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw refusal(path, value.constructor?.name ?? 'an object of a class')
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.freeze(
    Object.fromEntries(
      members.map(([name, member]) => [name, jsonValue(`${path}.${name}`, member, depth + 1)]),
    ),
  )
}

function refusal(path: string, kind: string): TypeError {
  const instead = kind === 'Date' ? ': keep its toISOString() instead' : ''
  return new TypeError(`session: ${path} is ${kind}, which does not come back from JSON as it was${instead}`)
}
