import type { ChunkIterator } from './chunk-iterator.ts'

const DONE: IteratorResult<unknown> = { done: true, value: undefined }

/** An iterator that can end early, even while it waits for its next value. */
export class EndingIterator implements ChunkIterator {
  readonly #inner: ChunkIterator
  /** Resolves the pending `next()`. */
  #resolve: ((result: IteratorResult<unknown>) => void) | undefined
  #isOver = false

  constructor(inner: ChunkIterator) {
    this.#inner = inner
  }

  next(): IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>> {
    if (this.#isOver) return DONE
    const next = this.#inner.next()
    if (!('then' in next)) return next
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      next.then(resolve, reject)
    })
  }

  return(reason?: unknown): unknown {
    return this.#inner.return?.(reason)
  }

  /** Resolves the pending `next()` and all others as done. Resolves when the inner iterator has ended. */
  async end(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.#resolve?.(DONE)
    await this.#inner.return?.()
  }
}
