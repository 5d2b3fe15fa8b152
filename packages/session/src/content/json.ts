/**
 * Makes a type read-only at every depth. The values that a session returns have this type. To change a value, use `set`
 * or `update`. Values that a codec creates, such as a `Date`, stay the same, except that maps and sets are read-only.
 */
export type Immutable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | bigint | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? number extends T['length']
        ? // The compiler resolves this form lazily, so that it can handle recursive types such as `z.json()`.
          readonly Immutable<Item>[]
        : { readonly [K in keyof T]: Immutable<T[K]> }
      : T extends ReadonlyMap<infer Key, infer Value>
        ? ReadonlyMap<Key, Value>
        : T extends ReadonlySet<infer Item>
          ? ReadonlySet<Item>
          : [Methods<T>] extends [never]
            ? { readonly [K in keyof T]: Immutable<T[K]> }
            : T

/** The values of a session, read-only. */
export type ReadonlyValues<Values extends object> = { readonly [K in keyof Values]: Immutable<Values[K]> }

/**
 * The constraint on the values of a session. A type that JSON cannot represent becomes a string literal that says what to
 * store instead and appears in the compiler's message.
 */
export type JsonValues<Values> = { readonly [K in keyof Values]: Json<Values[K]> }

/** The type itself if JSON can represent it. Otherwise, it contains advice. */
export type Json<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends bigint | symbol | AnyFunction | Foreign
      ? Advice<T>
      : T extends readonly (infer Item)[]
        ? readonly Json<Item>[]
        : [Methods<T>] extends [never]
          ? { readonly [K in keyof T]: Json<T[K]> }
          : Advice<T>

type AnyFunction = (...args: never) => unknown
type Foreign =
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>
  | ArrayBufferView

/** An object with a method is an instance of a class. */
type Methods<T> = Extract<{ [K in keyof T]: NonNullable<T[K]> }[keyof T], AnyFunction>

type Advice<T> = T extends Date
  ? 'not JSON: store date.toISOString(), or use a codec'
  : T extends ReadonlyMap<unknown, unknown>
    ? 'not JSON: store Object.fromEntries(map), or use a codec'
    : T extends ReadonlySet<unknown>
      ? 'not JSON: store [...set], or use a codec'
      : T extends bigint
        ? 'not JSON: store String(bigint), or use a codec'
        : 'not JSON: store text, numbers, booleans, null, arrays and plain objects'

/** Deeper than any sensible session. It also stops at a cycle. */
const MAX_DEPTH = 64

/**
 * Returns a frozen copy of a value, as JSON would represent it. Members of objects that are `undefined` are left out, as
 * in JSON.
 *
 * @param path The location of the value, for error messages: initially, the key.
 * @throws TypeError naming the location if JSON cannot represent the value.
 */
export function toJson(path: string, value: unknown, depth = 0): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw notJson(path, typeof value === 'number' ? String(value) : typeof value)
  if (depth === MAX_DEPTH) {
    throw new TypeError(`session: ${path} is nested more than ${MAX_DEPTH} levels deep, or contains itself`)
  }
  if (Array.isArray(value)) {
    return Object.freeze(Array.from(value, (item, index) => toJson(`${path}[${index}]`, item, depth + 1)))
  }
  if (!isPlain(value)) {
    ignoreRejection(value)
    throw notJson(path, value.constructor?.name ?? 'an instance of a class')
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.freeze(
    Object.fromEntries(members.map(([name, member]) => [name, toJson(`${path}.${name}`, member, depth + 1)])),
  )
}

/** Returns a copy whose lists and plain objects are frozen at every depth. Instances of classes are not copied. */
export function toReadonly(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(toReadonly))
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toReadonly(member)])),
  )
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** An `async` function that was passed by mistake must not end the process when it rejects later. */
export function ignoreRejection(value: unknown): void {
  if (value instanceof Promise) value.catch(() => {})
}

function notJson(path: string, kind: string): TypeError {
  const hint = kind === 'Date' ? ': store its toISOString() instead' : ''
  return new TypeError(`session: ${path} is ${kind}, which JSON cannot represent${hint}`)
}
