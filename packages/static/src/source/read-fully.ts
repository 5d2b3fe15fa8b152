import { Buffer } from 'node:buffer'
import { read } from 'node:fs'

/** Number of bytes to read at a time. */
export const CHUNK_SIZE: number = 64 * 1024

/** Reads bytes of a file; fewer only if the file ends before. */
export function readFully(descriptor: number, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  // A buffer of its own: pooled memory would be shared with other buffers.
  const buffer = Buffer.allocUnsafeSlow(end - start)
  return new Promise((resolve, reject) => {
    let filled = 0
    const readMore = () => {
      read(descriptor, buffer, filled, buffer.length - filled, start + filled, (error, count) => {
        if (error !== null) {
          reject(error)
          return
        }
        filled += count
        if (count > 0 && filled < buffer.length) readMore()
        else resolve(filled === buffer.length ? buffer : buffer.subarray(0, filled))
      })
    }
    if (buffer.length === 0) resolve(buffer)
    else readMore()
  })
}
