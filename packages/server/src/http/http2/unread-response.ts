import { constants, type ServerHttp2Stream } from 'node:http2'

/**
 * Resets a stream if its client does not read for `sendTimeout` milliseconds; a client may take that long for each 64 KiB.
 * Node's own timeout of a stream starts again with everything that the session sends, such as replies to pings.
 *
 * @returns a function that ends the limit.
 */
export function limitUnread(stream: ServerHttp2Stream, sendTimeout: number): () => void {
  if (sendTimeout === 0) return () => {}
  const parts = Math.max(1, Math.ceil(stream.writableLength / PART_BYTES))
  const timer = setTimeout(
    () => {
      stream.close(constants.NGHTTP2_CANCEL)
      // Node waits for data to be sent.
      stream.destroy()
    },
    Math.min(sendTimeout * parts, MAX_DELAY),
  )
  return () => clearTimeout(timer)
}

const PART_BYTES = 64 * 1024
/** Maximum delay of a timer in milliseconds; a longer one would expire immediately. */
const MAX_DELAY = 2 ** 31 - 1
