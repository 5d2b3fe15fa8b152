/**
 * The header fields of a request as a `Headers` that is made only when someone does more than look a field up. What a
 * program asks of most requests is a field or two; Node's `Headers` costs a check and a copy of every field there is.
 *
 * It passes `instanceof Headers`, and whatever takes a `Headers` takes it: `new Headers(…)`, `new Request(…)`, `fetch`.
 * No global is changed.
 */
const NativeHeaders = globalThis.Headers

class LightHeaders implements Headers {
  /** Names and values in turn, as they came. */
  readonly #fields: readonly string[]
  #made: Headers | undefined

  constructor(fields: readonly string[]) {
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
    if (this.#made !== undefined || typeof name !== 'string' || !NAME.test(name)) return undefined
    const fields = this.#fields
    const lower = name.toLowerCase()
    let found: string | null = null
    for (let at = 0; at < fields.length; at += 2) {
      const field = fields[at]!
      if (field.length !== lower.length || (field !== lower && field.toLowerCase() !== lower)) continue
      const value = fields[at + 1]!
      // Several lines are joined, each field by its own rule; other values are trimmed or refused.
      if (found !== null || !VALUE.test(value)) return undefined
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
    this.#headers.append(name, value)
  }

  delete(name: string): void {
    this.#headers.delete(name)
  }

  set(name: string, value: string): void {
    this.#headers.set(name, value)
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
}

/** A name that `Headers` takes, and a value that it leaves as it is: no white space at an end, nothing refused. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/

Object.setPrototypeOf(LightHeaders.prototype, NativeHeaders.prototype)
Reflect.deleteProperty(LightHeaders.prototype, 'constructor')

/**
 * The header fields of a request, for a gateway that has them as text: names and values in turn, as Node's
 * `rawHeaders`; names in any case. Fields that nobody looks at cost nothing, and so are not checked: a field that no
 * `Headers` can hold throws a TypeError where it is looked at.
 *
 * @example
 * ```ts
 * import { requestHeaders } from '@tsgi/core/gateway'
 *
 * const headers = requestHeaders(['Host', 'localhost', 'Accept', 'text/html', 'Accept', 'text/plain'])
 * headers.get('host') // => 'localhost'
 * headers.get('accept') // => 'text/html, text/plain'
 * headers instanceof Headers // => true
 * ```
 */
export function requestHeaders(fields: readonly string[]): Headers {
  return new LightHeaders(fields)
}
