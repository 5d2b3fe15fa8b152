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
 * would run one chunk ahead.
 */
export function observe(
  body: ReadableStream<Uint8Array>,
  observer: Observer,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  let cancelled = false
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          // A cancellation ends the read that was waiting as though the source had ended.
          if (cancelled) return
          if (done) {
            observer.end()
            controller.close()
          } else {
            observer.chunk(value)
            controller.enqueue(value as Uint8Array<ArrayBuffer>)
          }
        } catch (error) {
          if (cancelled) return
          observer.cut?.(error)
          // Not awaited: a source that is slow to let go is not to hold the error back.
          reader.cancel(error).catch(() => {})
          throw error
        }
      },
      cancel(reason) {
        cancelled = true
        observer.cut?.(reason)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
