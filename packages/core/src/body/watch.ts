import { BodySource } from './body-source.ts'
import { byteLength, type Chunk } from './chunk.ts'

/** Is called for each chunk of a body as it passes, and once when the body ends or is cut off. */
export interface Watcher {
  /** Called for each chunk, with its size in bytes. Throwing cuts the body off. */
  chunk(bytes: number): void
  /** Called when the body has ended. Throwing cuts it off. */
  end(): void
  /** Called when the body was cut off: its source or the watcher failed, or the reader cancelled it. */
  cut?(error: unknown): void
}

/** Returns a source of the same chunks that reports them to `watcher`. Synchronous chunks stay synchronous. */
export function watch(source: BodySource, watcher: Watcher): BodySource {
  let isOver = false
  const cut = (error: unknown): void => {
    if (isOver) return
    isOver = true
    watcher.cut?.(error)
  }
  const fail = (error: unknown): never => {
    cut(error)
    throw error
  }
  const check = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (result.done && !isOver) {
      watcher.end()
      isOver = true
    }
    return result
  }
  const next = () => {
    try {
      const result = source.next()
      return 'then' in result ? Promise.resolve(result).then(check).catch(fail) : check(result)
    } catch (error) {
      return fail(error)
    }
  }
  const encode = (value: unknown): Chunk => {
    try {
      const chunk = source.encode(value)
      watcher.chunk(byteLength(chunk))
      return chunk
    } catch (error) {
      return fail(error)
    }
  }
  const cancel = (reason: unknown) => {
    // Cancel the source first: the watcher may abort a signal that fails the stream, and a failed stream cannot be cancelled.
    const cancelled = source.cancel(reason)
    cut(reason)
    return cancelled
  }
  return new BodySource({ next, return: cancel }, encode, source)
}
