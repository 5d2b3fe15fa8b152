import { constants, type ServerHttp2Stream } from 'node:http2'
import { unreadTimeout } from '@tsgi/core/gateway'

/**
 * Resets a stream if its client does not read for `sendTimeout` milliseconds. Node's own timeout of a stream starts again
 * with everything that the session sends, such as replies to pings, so there is another one.
 *
 * @returns a function that ends the limit.
 */
export function limitUnread(stream: ServerHttp2Stream, sendTimeout: number): () => void {
  if (sendTimeout === 0) return () => {}
  const expire = () => {
    stream.close(constants.NGHTTP2_CANCEL)
    // Node waits for data to be sent.
    stream.destroy()
  }
  const timer = setTimeout(expire, unreadTimeout(sendTimeout, stream.writableLength))
  stream.setTimeout(sendTimeout, expire)
  return () => {
    clearTimeout(timer)
    stream.off('timeout', expire)
    stream.setTimeout(0)
  }
}
