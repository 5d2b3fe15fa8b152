/**
 * A `Headers` that creates a native one only if someone does more than get or set single fields. Most programs read one or
 * two fields of a request, but Node's `Headers` checks, copies and stores every field.
 *
 * It passes `instanceof Headers`, and is accepted wherever a `Headers` is: `new Headers(…)`, `new Request(…)`, `fetch`. No
 * global is changed.
 */
import { type HeaderPairs, isPlainValue, plainName } from './header-pairs.ts'

const NativeHeaders = globalThis.Headers

const LightHeaders = /* @__PURE__ */ inheritingHeaders(
  class LightHeaders implements Headers {
    /** Names, in any case, and values in turn. Shared, so never changed in place. */
    #fields: HeaderPairs
    #made: Headers | undefined

    constructor(fields: HeaderPairs) {
      this.#fields = fields
    }

    get #headers(): Headers {
      if (this.#made === undefined) {
        const fields = this.#fields
        this.#made = new NativeHeaders()
        for (let at = 0; at < fields.length; at += 2) this.#made.append(fields[at]!, fields[at + 1]!)
      }
      return this.#made
    }

    /** Returns the value of a field, null if there is none, and undefined if only a native `Headers` can tell. */
    #find(name: string): string | null | undefined {
      const lower = this.#made === undefined ? plainName(name) : undefined
      if (lower === undefined) return undefined
      const fields = this.#fields
      let found: string | null = null
      for (let at = 0; at < fields.length; at += 2) {
        if (!isNamed(fields[at]!, lower)) continue
        const value = fields[at + 1]!
        // A native `Headers` joins several lines, each field by its own rule, and trims or rejects other values.
        if (found !== null || (value !== '' && !isPlainValue(value))) return undefined
        found = value
      }
      return found
    }

    get(name: string): string | null {
      const found = this.#find(name)
      return found === undefined ? this.#headers.get(name) : found
    }

    has(name: string): boolean {
      const found = this.#find(name)
      return found === undefined ? this.#headers.has(name) : found !== null
    }

    append(name: string, value: string): void {
      const lower = this.#made === undefined && isPlainValue(value) ? plainName(name) : undefined
      if (lower === undefined) this.#headers.append(name, value)
      else this.#fields = [...this.#fields, lower, value]
    }

    delete(name: string): void {
      const lower = this.#made === undefined ? plainName(name) : undefined
      if (lower === undefined) this.#headers.delete(name)
      else this.#fields = unnamed(this.#fields, lower)
    }

    set(name: string, value: string): void {
      const lower = this.#made === undefined && isPlainValue(value) ? plainName(name) : undefined
      if (lower === undefined) this.#headers.set(name, value)
      else this.#fields = [...unnamed(this.#fields, lower), lower, value]
    }

    getSetCookie(): string[] {
      return this.#headers.getSetCookie()
    }

    forEach(callback: (value: string, name: string, parent: Headers) => void, thisArgument?: unknown): void {
      if (typeof callback !== 'function') this.#headers.forEach(callback)
      for (const [name, value] of this) callback.call(thisArgument, value, name, this)
    }

    entries(): HeadersIterator<[string, string]> {
      return this.#headers.entries()
    }

    keys(): HeadersIterator<string> {
      return this.#headers.keys()
    }

    values(): HeadersIterator<string> {
      return this.#headers.values()
    }

    [Symbol.iterator](): HeadersIterator<[string, string]> {
      return this.#headers.entries()
    }

    static pairs(headers: LightHeaders): HeaderPairs | undefined {
      return headers.#made === undefined ? headers.#fields : undefined
    }

    static isLight(headers: Headers): headers is LightHeaders {
      return #fields in headers
    }
  },
)

function isNamed(field: string, lower: string): boolean {
  return field.length === lower.length && (field === lower || field.toLowerCase() === lower)
}

function unnamed(fields: HeaderPairs, lower: string): HeaderPairs {
  for (let at = 0; at < fields.length; at += 2) {
    if (isNamed(fields[at]!, lower)) return fields.filter((_, index) => !isNamed(fields[index & ~1]!, lower))
  }
  return fields
}

/** Lets the instances of a class pass `instanceof Headers`, and have the constructor of a `Headers`. */
function inheritingHeaders<Class extends { readonly prototype: object }>(Light: Class): Class {
  Object.setPrototypeOf(Light.prototype, NativeHeaders.prototype)
  Reflect.deleteProperty(Light.prototype, 'constructor')
  return Light
}

/** Returns the fields of a `Headers` in its order, a name with several values several times. */
export function pairsOf(headers: Headers): HeaderPairs {
  return (LightHeaders.isLight(headers) ? LightHeaders.pairs(headers) : undefined) ?? [...headers].flat()
}

/**
 * Returns a `Headers` for a list of names and values in turn, like Node's `rawHeaders`. Names may be in any case. Fields are
 * not checked before they are read: reading an invalid one throws a TypeError.
 *
 * @example
 * ```ts
 * import { lightHeaders } from '@tsgi/core/gateway'
 *
 * const headers = lightHeaders(['Host', 'localhost', 'Accept', 'text/html', 'Accept', 'text/plain'])
 * headers.get('host') // => 'localhost'
 * headers.get('accept') // => 'text/html, text/plain'
 * headers instanceof Headers // => true
 * ```
 */
export function lightHeaders(fields: readonly string[]): Headers {
  return new LightHeaders(fields)
}
