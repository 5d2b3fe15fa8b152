/** Returns a stream of the bytes in chunks of these sizes, repeated until the end. */
export function chunked(bytes: Uint8Array, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0
  let count = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      const end = at + sizes[count++ % sizes.length]!
      controller.enqueue(bytes.slice(at, end))
      at = end
    },
  })
}
