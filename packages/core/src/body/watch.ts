import { BodySource } from './body-source.ts'
import { byteLength, type Chunk } from './chunk.ts'

/** Hears of the chunks of a body as they pass. Either the body ends, or it is cut off, once. */
export interface Watcher {
  /** A chunk of so many bytes passes. Throwing cuts the body off. */
  chunk(bytes: number): void
  /** The body has ended. Throwing cuts it off. */
  end(): void
  /** The body was cut off: its source or the watcher failed, or the reader cancelled it. */
  cut?(error: unknown): void
}

/** Returns a source of the same chunks, which are reported to `watcher`. Chunks that need no waiting still need none. */
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
    // The source first: the watcher may abort a signal, and a stream that failed because of it cannot be cancelled.
    const cancelled = source.cancel(reason)
    cut(reason)
    return cancelled
  }
  return new BodySource({ next, return: cancel }, encode, source.keepAlive)
}
