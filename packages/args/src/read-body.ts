import { type Environ, HttpError } from '@tsgi/core'

type Chunk = Uint8Array<ArrayBuffer>

/**
 * The chunks of the request's body as they arrive. Throws a 413 as soon as they are more than `limit` bytes, or before
 * the first when `Content-Length` says that they will be. The rest stays unread, for the gateway to do away with, as it
 * does with the body of a request whose application read none of it.
 */
export async function* readChunks(environ: Environ, limit: number): AsyncGenerator<Chunk, void> {
  if (Number(environ.headers.get('content-length')) > limit) throw tooLarge(limit)
  const { request } = environ
  if (request.bodyUsed) {
    throw new TypeError(`args: the body of ${environ.method} ${environ.pathInfo} was read before it got here`)
  }
  if (request.body === null) return
  const reader = request.body.getReader()
  let bytes = 0
  try {
    while (true) {
      const { done, value } = await next(reader, environ)
      if (done) break
      bytes += value.byteLength
      if (bytes > limit) throw tooLarge(limit)
      if (value.byteLength > 0) yield value
    }
  } finally {
    reader.releaseLock()
  }
}

/** The whole body. Throws as {@link readChunks} does. */
export async function readBytes(environ: Environ, limit: number): Promise<Chunk> {
  const chunks: Chunk[] = []
  let size = 0
  for await (const chunk of readChunks(environ, limit)) {
    chunks.push(chunk)
    size += chunk.byteLength
  }
  if (chunks.length === 1) return chunks[0]!
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** Bytes as text. Throws a 400 where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid UTF-8.', { cause })
  }
}

async function next(
  reader: ReadableStreamDefaultReader<Chunk>,
  { signal }: Environ,
): Promise<ReadableStreamReadResult<Chunk>> {
  try {
    return await reader.read()
  } catch (cause) {
    // A client that left half-way is no fault of the application.
    if (signal.aborted) throw new HttpError(400, 'The request body was cut off.', { cause })
    throw cause
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}
