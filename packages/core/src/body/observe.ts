/** What is told of a stream as it passes: either it ends, or it is cut off, once. */
export interface Observer {
  /** A chunk passes. What this throws errors the stream. */
  chunk(chunk: Uint8Array): void
  /** The stream has ended. What this throws errors the stream. */
  end(): void
  /** The stream was cut off: by its source's error, by the observer's own, or by its reader's cancellation. */
  cut?(error: unknown): void
}

/**
 * The same stream, observed. It asks its source for a chunk only when its own reader wants one: a `TransformStream`
 * would run one chunk ahead. Where a signal is given, its abort cuts the stream off.
 */
export function observe(
  body: ReadableStream<Uint8Array>,
  observer: Observer,
  signal?: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  let over = false
  const cut = (error: unknown): void => {
    over = true
    signal?.removeEventListener('abort', abort)
    observer.cut?.(error)
  }
  let abort: () => void
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        abort = () => {
          cut(signal?.reason)
          controller.error(signal?.reason)
          reader.cancel(signal?.reason).catch(() => {})
        }
        if (signal?.aborted) abort()
        else signal?.addEventListener('abort', abort)
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          // A cancellation ends the read that was waiting as though the source had ended.
          if (over) return
          if (done) {
            observer.end()
            over = true
            signal?.removeEventListener('abort', abort)
            controller.close()
          } else {
            observer.chunk(value)
            controller.enqueue(value as Uint8Array<ArrayBuffer>)
          }
        } catch (error) {
          if (over) return
          cut(error)
          // Not awaited: a source that is slow to let go is not to hold the error back.
          reader.cancel(error).catch(() => {})
          throw error
        }
      },
      cancel(reason) {
        cut(reason)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
