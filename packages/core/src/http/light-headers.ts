/**
 * Header fields as a `Headers` that is made only when someone does more than look a field up or change one. What a
 * program asks of most requests and responses is a field or two; Node's `Headers` costs a check, a copy and a place in
 * a map for every field there is.
 *
 * It passes `instanceof Headers`, and whatever takes a `Headers` takes it: `new Headers(…)`, `new Request(…)`, `fetch`.
 * No global is changed.
 */
import type { HeaderInit } from './header-init.ts'
import { type HeaderPairs, isPlainValue, plainName, toPairs } from './header-pairs.ts'

const NativeHeaders = globalThis.Headers

class LightHeaders implements Headers {
  /** Names, in any case, and values in turn; nobody is to change them, since others may have them too. */
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

  /** The value of a field, null where there is none; undefined where only a real one can tell. */
  #find(name: string): string | null | undefined {
    const lower = this.#made === undefined ? plainName(name) : undefined
    if (lower === undefined) return undefined
    const fields = this.#fields
    let found: string | null = null
    for (let at = 0; at < fields.length; at += 2) {
      if (!isNamed(fields[at]!, lower)) continue
      const value = fields[at + 1]!
      // Several lines are joined, each field by its own rule; other values are trimmed or refused.
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
}

function isNamed(field: string, lower: string): boolean {
  return field.length === lower.length && (field === lower || field.toLowerCase() === lower)
}

function unnamed(fields: HeaderPairs, lower: string): HeaderPairs {
  for (let at = 0; at < fields.length; at += 2) {
    if (isNamed(fields[at]!, lower)) return fields.filter((_, index) => !isNamed(fields[index & ~1]!, lower))
  }
  return fields
}

Object.setPrototypeOf(LightHeaders.prototype, NativeHeaders.prototype)
Reflect.deleteProperty(LightHeaders.prototype, 'constructor')

/** The fields of a `Headers` in its own order, a name that has several values several times. */
export function pairsOf(headers: Headers): HeaderPairs {
  return (LightHeaders.isLight(headers) ? LightHeaders.pairs(headers) : undefined) ?? [...headers].flat()
}

/** The header fields of a response's init, whatever they are given as. */
export function initPairs(init: HeaderInit | undefined): HeaderPairs {
  return toPairs(init) ?? pairsOf(new Headers(init))
}

/**
 * Header fields that are at hand as text, as a `Headers`: names and values in turn, as in Node's `rawHeaders`; names in
 * any case. Fields that nobody looks at cost nothing, and so are not checked: a field that no
 * `Headers` can hold throws a TypeError where it is looked at.
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
