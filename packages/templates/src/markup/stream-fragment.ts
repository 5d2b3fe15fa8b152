import { Markup, type Part, Pending, toParts } from './fragment.ts'

/** A list of parts and the position in it, or an iterator that produces more of them. */
type Level =
  | { readonly parts: readonly Part[]; index: number }
  | { readonly iterator: AsyncIterator<unknown> }

/**
 * The HTML of a fragment in chunks. Everything that is known is sent before it waits for a value. An async iterable is not
 * opened before its turn.
 *
 * This is not an async generator, because a generator that is waiting cannot be stopped. Here, `return()` immediately
 * closes the iterables that are being read and those whose turn has not come.
 */
export class FragmentStream implements AsyncIterableIterator<string> {
  /** The levels being read. Each one is nested in the one before it. */
  readonly #levels: Level[]
  #closed = false

  constructor(fragment: Markup) {
    this.#levels = [{ parts: Markup.partsOf(fragment), index: 0 }]
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** If this rejects, `stream` calls `return()`, which closes what is open. */
  async next(): Promise<IteratorResult<string, undefined>> {
    const value = await this.#read()
    return value === '' ? { done: true, value: undefined } : { done: false, value }
  }

  /** Returns the HTML up to the next pending value, and waits for that value if nothing comes before it. */
  async #read(): Promise<string> {
    let ready = ''
    for (;;) {
      const level = this.#levels.at(-1)
      if (level === undefined) return ready
      if ('iterator' in level) {
        if (ready !== '') return ready
        const { done, value } = await level.iterator.next()
        if (this.#closed) return ''
        if (done) this.#levels.pop()
        else this.#levels.push({ parts: toParts(value), index: 0 })
        continue
      }
      const part = level.parts[level.index]
      if (part instanceof Pending && part.parts === undefined) {
        if (ready !== '') return ready
        await part.settled
        continue
      }
      level.index++
      if (part === undefined) this.#levels.pop()
      else if (typeof part === 'string') ready += part
      else if (part instanceof Pending) this.#levels.push({ parts: part.parts ?? [], index: 0 })
      else this.#levels.push({ iterator: part[Symbol.asyncIterator]() })
    }
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    this.#closed = true
    await Promise.all(
      this.#levels.splice(0).flatMap((level) => {
        if ('iterator' in level) return [close(() => level.iterator)]
        const left = level.parts.slice(level.index).filter(isIterable)
        return left.map((iterable) => close(() => iterable[Symbol.asyncIterator]()))
      }),
    )
    return { done: true, value: undefined }
  }
}

function isIterable(part: Part): part is AsyncIterable<unknown> {
  return typeof part !== 'string' && !(part instanceof Pending)
}

async function close(open: () => AsyncIterator<unknown>): Promise<void> {
  await open().return?.()
}
