import { type Environ, HttpError } from '@tsgi/core'

type Chunk = Uint8Array<ArrayBuffer>

/**
 * The chunks of the request's body as they arrive. Throws a 413 as soon as they are more than `limit` bytes, or before
 * the first when `Content-Length` says that they will be. The rest stays unread, for the gateway to do away with, as it
 * does with the body of a request whose application read none of it.
 */
export async function* readChunks(environ: Environ, limit: number): AsyncGenerator<Chunk, void> {
  const reader = open(environ, limit)
  if (reader === undefined) return
  let bytes = 0
  try {
    while (true) {
      const { done, value } = await reader.read().catch((cause) => fail(cause, environ))
      if (done) break
      bytes += value.byteLength
      if (bytes > limit) throw tooLarge(limit)
      if (value.byteLength > 0) yield value
    }
  } finally {
    reader.releaseLock()
  }
}

/** The whole body. Throws as {@link readChunks} does, which it is not made of because most bodies are one chunk. */
export async function readBytes(environ: Environ, limit: number): Promise<Chunk> {
  const chunks: Chunk[] = []
  let size = 0
  const reader = open(environ, limit)
  try {
    while (reader !== undefined) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > limit) break
      chunks.push(value)
    }
  } catch (cause) {
    fail(cause, environ)
  } finally {
    reader?.releaseLock()
  }
  if (size > limit) throw tooLarge(limit)
  return chunks.length === 1 ? chunks[0]! : joined(chunks, size)
}

function joined(chunks: readonly Chunk[], size: number): Chunk {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function open(environ: Environ, limit: number): ReadableStreamDefaultReader<Chunk> | undefined {
  if (Number(environ.headers.get('content-length')) > limit) throw tooLarge(limit)
  const { request } = environ
  if (request.bodyUsed) {
    throw new TypeError(`args: the body of ${environ.method} ${environ.pathInfo} was read before it got here`)
  }
  return request.body?.getReader()
}

/** Throws what reading failed with: a client that left half-way is no fault of the application. */
function fail(cause: unknown, { signal }: Environ): never {
  if (signal.aborted) throw new HttpError(400, 'The request body was cut off.', { cause })
  throw cause
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Bytes as text. Throws a 400 where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid UTF-8.', { cause })
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}
