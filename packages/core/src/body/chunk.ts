/** Part of a body. Text is sent as UTF-8. */
export type Chunk = string | Uint8Array

// Node, Bun and Deno have it; it is faster than a `TextEncoder`, and short chunks share memory.
declare const Buffer:
  | { byteLength(text: string): number; from(text: string): Uint8Array<ArrayBuffer> }
  | undefined

const buffer = typeof Buffer === 'undefined' ? undefined : Buffer
const encoder = new TextEncoder()

/**
 * Returns the number of bytes in a chunk when it is sent.
 *
 * @throws TypeError if the memory of the chunk was transferred, so that its bytes are lost.
 */
export function byteLength(chunk: Chunk): number {
  if (typeof chunk !== 'string') {
    if (chunk.byteLength === 0) checkAttached(chunk)
    return chunk.byteLength
  }
  return buffer === undefined ? encoder.encode(chunk).byteLength : buffer.byteLength(chunk)
}

function checkAttached({ buffer }: Uint8Array): void {
  if (!(buffer as { readonly detached?: boolean }).detached) return
  throw new TypeError('The memory of the body was transferred elsewhere before the body was sent')
}

/** Returns the bytes of a chunk for a gateway to write. They may share memory with other chunks. */
export function toBytes(chunk: Chunk): Uint8Array {
  if (typeof chunk !== 'string') return isResizable(chunk) ? new Uint8Array(chunk) : chunk
  return buffer === undefined ? encoder.encode(chunk) : buffer.from(chunk)
}

/** Whether the application can still change the length of a chunk, which would break the framing of the response. */
function isResizable({ buffer }: Uint8Array): boolean {
  return (buffer as { readonly resizable?: boolean }).resizable === true
}

/**
 * Copies chunks to one array.
 *
 * @param size The sum of their sizes in bytes.
 *
 * @example
 * ```ts
 * import { joinChunks } from '@tsgi/core/gateway'
 *
 * joinChunks([new Uint8Array([1, 2]), new Uint8Array([3])], 3) // => new Uint8Array([1, 2, 3])
 * ```
 */
export function joinChunks(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.byteLength
  }
  return joined
}

/** Returns the bytes of a chunk for an application to read. They do not share memory with anything else. */
export function toOwnBytes(chunk: Chunk): Uint8Array<ArrayBuffer> {
  return typeof chunk === 'string' ? encoder.encode(chunk) : (chunk as Uint8Array<ArrayBuffer>)
}
