/**
 * Fragments of HTML. A fragment contains text in which every value has been escaped and, between pieces of text, the
 * values that are still pending.
 */
import { describe } from '@tsgi/core/options'
import { escapeHtml } from './escape.ts'

/** A value that `markup` accepts: a {@link SettledMarkupValue} or a promise of one. */
export type MarkupValue = SettledMarkupValue | PromiseLike<SettledMarkupValue>

/**
 * A {@link MarkupValue} after `await`. Text is escaped and fragments are not escaped again. `null`, `undefined`, `true`
 * and `false` print nothing, so that you can write `condition && fragment`. Arrays, other iterables and async iterables
 * print their values one after another. Bytes, and collections of keys and values such as `Map` or `FormData`, are not
 * accepted.
 */
export type SettledMarkupValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Markup
  | (Iterable<MarkupValue> & { readonly byteLength?: never; readonly get?: never })
  | AsyncIterable<MarkupValue>

/** A piece of a fragment. */
export type Part = string | Pending | AsyncIterable<unknown>

/** A fragment of HTML, created by `markup` or `raw`. `String(fragment)` is its HTML. */
export class Markup {
  /** The parts up to and including the last pending value; undefined if there is none. */
  #before: Part[] | undefined
  /** The text after them. Most fragments consist of nothing else. */
  #text = ''

  /**
   * Returns the HTML of the fragment.
   *
   * @throws TypeError if the fragment contains a promise or an async iterable: its HTML is not known yet.
   */
  toString(): string {
    if (this.#before === undefined) return this.#text
    throw new TypeError(
      'markup: a fragment with a promise or an async iterable has no text yet; send it with page()',
    )
  }

  /** Reports whether the fragment contains pending values. */
  static isPending(fragment: Markup): boolean {
    return fragment.#before !== undefined
  }

  static partsOf(fragment: Markup): readonly Part[] {
    return fragment.#before === undefined ? [fragment.#text] : [...fragment.#before, fragment.#text]
  }

  /** Appends trusted HTML to a fragment that is still being built. */
  static appendHtml(fragment: Markup, html: string): void {
    fragment.#text += html
  }

  /**
   * Appends a value to a fragment that is still being built.
   *
   * @throws TypeError if it is not a {@link MarkupValue}.
   */
  static append(fragment: Markup, value: unknown): void {
    if (typeof value === 'string') fragment.#text += escapeHtml(value)
    else if (typeof value === 'number' || typeof value === 'bigint') fragment.#text += value
    else if (typeof value === 'object' && value !== null) fragment.#appendObject(value)
    else if (typeof value === 'function' || typeof value === 'symbol') throw notAccepted(value)
  }

  #appendObject(value: object): void {
    if (#text in value) {
      if (value.#before !== undefined) this.#appendParts(value.#before)
      this.#text += value.#text
    } else if (Array.isArray(value)) {
      for (const item of value) Markup.append(this, item)
    } else if ('then' in value && typeof value.then === 'function') {
      this.#appendParts([new Pending(value as PromiseLike<unknown>)])
    } else if (isAsyncIterable(value)) {
      this.#appendParts([value])
    } else if (isList(value)) {
      for (const item of value) Markup.append(this, item)
    } else throw notAccepted(value)
  }

  /** Appends parts, the last of which is pending. */
  #appendParts(parts: readonly Part[]): void {
    this.#before ??= []
    this.#before.push(this.#text)
    for (const part of parts) this.#before.push(part)
    this.#text = ''
  }
}

/** A promise in a fragment and its result. It is observed from the start, so that no rejection goes unhandled. */
export class Pending {
  /** Resolves once the promise has settled. It never rejects. */
  readonly settled: Promise<void>
  #result: { readonly parts: readonly Part[] } | { readonly error: unknown } | undefined

  constructor(promise: PromiseLike<unknown>) {
    this.settled = Promise.resolve(promise)
      .then((value) => {
        this.#result = { parts: toParts(value) }
      })
      .catch((error: unknown) => {
        this.#result = { error }
      })
  }

  /** The parts of the value, or undefined before the promise has settled. @throws the error it was rejected with. */
  get parts(): readonly Part[] | undefined {
    if (this.#result === undefined) return undefined
    if ('error' in this.#result) throw this.#result.error
    return this.#result.parts
  }
}

/**
 * Converts a value to the parts of a fragment.
 *
 * @throws TypeError if it is not a {@link MarkupValue}.
 */
export function toParts(value: unknown): readonly Part[] {
  const fragment = new Markup()
  Markup.append(fragment, value)
  return Markup.partsOf(fragment)
}

function notAccepted(value: unknown): TypeError {
  return new TypeError(`markup: ${describe(value)} cannot be put into HTML; convert it to text first`)
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function'
}

/** Reports whether a value is iterable, and neither bytes nor a collection of keys and values. */
function isList(value: object): value is Iterable<unknown> {
  if (!(Symbol.iterator in value) || typeof value[Symbol.iterator] !== 'function') return false
  return !ArrayBuffer.isView(value) && !('get' in value)
}
