import type { IncomingMessage } from 'node:http'

/**
 * Joins the small chunks of a body that arrive together. Clients decide how small they are, and Node keeps each one as an
 * object of some 350 bytes until it is read: 64 KiB in chunks of one byte would take 23 MiB.
 */
export function joinSmallChunks(incoming: IncomingMessage): void {
  if (Object.hasOwn(incoming, 'push')) return
  const push = incoming.push.bind(incoming)
  let joined: Buffer | undefined
  let size = 0
  /** Number of small chunks since everything was read. */
  let count = 0

  function flush(): boolean {
    if (size === 0 || incoming.destroyed) return true
    const chunk = Buffer.allocUnsafeSlow(size)
    joined!.copy(chunk)
    size = 0
    return push(chunk)
  }

  // Node stops reading if `push` returns false.
  incoming.push = (chunk: Buffer | null): boolean => {
    if (chunk === null || chunk.byteLength >= SMALL) {
      flush()
      return push(chunk)
    }
    if (size + incoming.readableLength === 0) count = 0
    if (size + chunk.byteLength > SIZE) flush()
    if (size === 0) {
      setImmediate(() => {
        if (!flush()) incoming.socket.pause()
      })
    }
    joined ??= Buffer.allocUnsafeSlow(SIZE)
    chunk.copy(joined, size)
    size += chunk.byteLength
    return ++count < MAX_COUNT && incoming.readableLength + size < incoming.readableHighWaterMark
  }
}

/** Number of bytes below which a chunk is small. */
const SMALL = 1024
/** Number of small chunks after which Node stops reading: parsing one takes as long as parsing some kilobytes. */
const MAX_COUNT = 1024
/** Maximum number of bytes of joined chunks. */
const SIZE = 16 * 1024
