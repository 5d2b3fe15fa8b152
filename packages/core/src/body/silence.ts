import { letGo, type Source } from './feed.ts'

/** An iterator's results, and another value after each silence of so many milliseconds. */
export class FilledSilence<T> implements AsyncIterator<T> {
  readonly #source: Source<T>
  readonly #after: number
  readonly #filler: IteratorResult<T>
  /** What was asked of the source and not yet passed on. */
  #pending: Promise<IteratorResult<T>> | undefined
  #isSettled = false
  #wake: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(source: Source<T>, after: number, filler: T) {
    this.#source = source
    this.#after = after
    this.#filler = { done: false, value: filler }
  }

  async next(): Promise<IteratorResult<T>> {
    if (this.#pending === undefined) {
      this.#pending = Promise.resolve(this.#source.next())
      this.#isSettled = false
      // Once for each value: a source that is silent for hours is not to gather what waits for it.
      this.#pending.then(this.#settle, this.#settle)
    }
    if (!this.#isSettled) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#timer = setTimeout(resolve, this.#after)
      })
      clearTimeout(this.#timer)
    }
    if (!this.#isSettled) return this.#filler
    const result = await this.#pending
    this.#pending = undefined
    return result
  }

  async return(): Promise<IteratorResult<T>> {
    clearTimeout(this.#timer)
    await letGo(this.#source)
    return { done: true, value: undefined }
  }

  readonly #settle = (): void => {
    this.#isSettled = true
    this.#wake?.()
  }
}
