import type { Finished } from '../contract/environ.ts'

/**
 * Keeps how a response ended, for `environ.finished`: the promise is made only if someone asks. The duration counts
 * from its making.
 *
 * @example
 * ```ts
 * import { Completion } from '@tsgi/core/gateway'
 *
 * const completion = new Completion()
 * const { promise } = completion
 * completion.settle({ bytes: 5, aborted: false })
 * const { bytes, aborted } = await promise
 * bytes // => 5
 * aborted // => false
 * ```
 */
export class Completion {
  readonly #started = performance.now()
  #result: Finished | undefined
  #promise: Promise<Finished> | undefined
  #resolve: ((result: Finished) => void) | undefined

  /** Whether someone has asked. */
  get wanted(): boolean {
    return this.#promise !== undefined
  }

  get promise(): Promise<Finished> {
    this.#promise ??= this.#result
      ? Promise.resolve(this.#result)
      : new Promise((resolve) => {
          this.#resolve = resolve
        })
    return this.#promise
  }

  /** Says how the response ended; the first word counts. */
  settle(end: Pick<Finished, 'bytes' | 'aborted' | 'error'>): void {
    if (this.#result) return
    this.#result = { ...end, duration: performance.now() - this.#started }
    this.#resolve?.(this.#result)
  }
}
