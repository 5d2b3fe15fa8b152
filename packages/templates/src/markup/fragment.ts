/**
 * Fragments of HTML, and what may be put into them. A fragment keeps its text, with every value escaped already, and
 * between the pieces of text the values that are still to come.
 */
import { escapeHtml } from './escape.ts'

/**
 * What `markup` takes between its pieces of HTML. Text is escaped; a fragment is not escaped again; `null`,
 * `undefined`, `true` and `false` are nothing, so that `condition && fragment` can be written; lists, promises and
 * async iterables stand for what they hold.
 */
export type MarkupValue = SettledValue | PromiseLike<SettledValue>

/** A {@link MarkupValue} that is no promise, as it is after `await`. */
export type SettledValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Markup
  | readonly MarkupValue[]
  | AsyncIterable<MarkupValue>

/** One piece of a fragment, in order. */
export type Part = string | Pending | AsyncIterable<unknown>

/** A fragment of HTML: what `markup` makes. */
export class Markup {
  /** What comes before the last value that is still to come, and that value; undefined where there is none. */
  #before: Part[] | undefined
  /** The text after it: all of the fragment, for most. */
  #text = ''

  /**
   * The fragment's HTML.
   *
   * @throws TypeError where the fragment holds a promise or an async iterable: its HTML is not known yet.
   */
  toString(): string {
    if (this.#before === undefined) return this.#text
    throw new TypeError(
      'markup: a fragment that holds a promise or an async iterable has no text yet; send it with page()',
    )
  }

  /** Whether it holds values that are still to come. */
  static isStreamed(fragment: Markup): boolean {
    return fragment.#before !== undefined
  }

  static partsOf(fragment: Markup): readonly Part[] {
    return fragment.#before === undefined ? [fragment.#text] : [...fragment.#before, fragment.#text]
  }

  /** Adds HTML as it is, to a fragment that nobody has yet. */
  static appendHtml(fragment: Markup, html: string): void {
    fragment.#text += html
  }

  /**
   * Adds a value, to a fragment that nobody has yet.
   *
   * @throws TypeError where it is no {@link MarkupValue}.
   */
  static append(fragment: Markup, value: unknown): void {
    if (typeof value === 'string') fragment.#text += escapeHtml(value)
    else if (typeof value === 'number' || typeof value === 'bigint') fragment.#text += value
    else if (typeof value === 'object' && value !== null) fragment.#appendObject(value)
    else if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`markup: a ${typeof value} cannot be put into HTML`)
    }
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
    } else {
      const kind = value.constructor?.name ?? 'object'
      throw new TypeError(`markup: a value of type ${kind} cannot be put into HTML; make text of it first`)
    }
  }

  /** Adds parts of which the last is still to come. */
  #appendParts(parts: readonly Part[]): void {
    this.#before ??= []
    this.#before.push(this.#text)
    for (const part of parts) this.#before.push(part)
    this.#text = ''
  }
}

/** A promise in a fragment, and what it came to. It is watched from the start, so that no rejection goes unhandled. */
export class Pending {
  /** Resolves, never rejects, once the promise has settled. */
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

  /** What the promise resolved to, or undefined while it has not. @throws what it rejected with. */
  get parts(): readonly Part[] | undefined {
    if (this.#result === undefined) return undefined
    if ('error' in this.#result) throw this.#result.error
    return this.#result.parts
  }
}

/**
 * A value as parts of a fragment.
 *
 * @throws TypeError where it is no {@link MarkupValue}.
 */
export function toParts(value: unknown): readonly Part[] {
  const fragment = new Markup()
  Markup.append(fragment, value)
  return Markup.partsOf(fragment)
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function'
}
