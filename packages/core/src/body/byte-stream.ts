import { type Chunk, type Feed, letGo } from './feed.ts'
import { FilledSilence } from './silence.ts'

/** The bytes of a feed, as a stream that pulls one chunk at a time. */
export function toByteStream<T>(feed: Feed<T>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { silence } = feed
  const source = silence ? new FilledSilence(feed.source, silence.after, silence.value) : feed.source
  let cancelled = false
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          // Empty chunks are passed over: a pull ends with bytes enqueued, or with the end.
          for (;;) {
            const { done, value } = await source.next()
            if (cancelled) return
            if (done) return controller.close()
            const bytes = toBytes(feed.toChunk(value))
            if (bytes.byteLength > 0) return controller.enqueue(bytes)
          }
        } catch (error) {
          if (cancelled) return
          // The iterable may not know of the failure: a chunk of the wrong type is found here.
          letGo(source).catch(() => {})
          throw error
        }
      },
      cancel() {
        cancelled = true
        return letGo(source)
      },
    },
    // With no room of its own, the stream asks for a chunk only when one is wanted.
    { highWaterMark: 0 },
  )
}

const encoder = new TextEncoder()

function toBytes(chunk: Chunk): Uint8Array<ArrayBuffer> {
  return typeof chunk === 'string' ? encoder.encode(chunk) : (chunk as Uint8Array<ArrayBuffer>)
}
