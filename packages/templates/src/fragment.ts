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
  readonly #parts: readonly Part[]

  constructor(parts: readonly Part[]) {
    this.#parts = parts
  }

  /**
   * The fragment's HTML.
   *
   * @throws TypeError where the fragment holds a promise or an async iterable: its HTML is not known yet.
   */
  toString(): string {
    if (!Markup.isStreamed(this)) return this.#parts.join('')
    throw new TypeError(
      'markup: a fragment that holds a promise or an async iterable has no text yet; send it with page()',
    )
  }

  /** Whether it holds values that are still to come. */
  static isStreamed(fragment: Markup): boolean {
    return fragment.#parts.some((part) => typeof part !== 'string')
  }

  static partsOf(fragment: Markup): readonly Part[] {
    return fragment.#parts
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
  if (value instanceof Markup) return Markup.partsOf(value)
  const parts: Part[] = []
  append(parts, value)
  return parts
}

/** Adds a value to the parts before it. */
export function append(parts: Part[], value: unknown): void {
  if (typeof value === 'string') appendText(parts, escapeHtml(value))
  else if (typeof value === 'number' || typeof value === 'bigint') appendText(parts, String(value))
  else if (typeof value === 'object' && value !== null) appendObject(parts, value)
  else if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`markup: a ${typeof value} cannot be put into HTML`)
  }
}

/** Adds HTML as it is. One piece of text follows another only with something still to come between them. */
export function appendText(parts: Part[], html: string): void {
  const last = parts.length - 1
  if (typeof parts[last] === 'string') parts[last] += html
  else parts.push(html)
}

function appendObject(parts: Part[], value: object): void {
  if (value instanceof Markup) {
    for (const part of Markup.partsOf(value)) {
      if (typeof part === 'string') appendText(parts, part)
      else parts.push(part)
    }
  } else if (Array.isArray(value)) {
    for (const item of value) append(parts, item)
  } else if ('then' in value && typeof value.then === 'function') {
    parts.push(new Pending(value as PromiseLike<unknown>))
  } else if (isAsyncIterable(value)) {
    parts.push(value)
  } else {
    const kind = value.constructor?.name ?? 'object'
    throw new TypeError(`markup: a value of type ${kind} cannot be put into HTML; make text of it first`)
  }
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function'
}
