import { joinChunks } from '../body/chunk.ts'
import type { Environ } from '../contract/environ.ts'
import { exchangeOf } from '../gateway/gateway-environ.ts'
import { HttpError } from '../response/http-error.ts'
import { bodyLimitOf, tooLarge } from './body-limit.ts'

/**
 * Reads the whole body of the request, up to `limit` bytes. Returns no bytes if there is no body. Cheaper than
 * `environ.request.bytes()`: no `Request` and no stream is created if the gateway has the bytes.
 *
 * @param limit The maximum number of bytes.
 * @throws HttpError (by rejection) 413 as soon as the body is known to be larger, immediately if `Content-Length` says so;
 *   400 if the client disconnected before the end of the body.
 * @throws TypeError (by rejection) if the body was read before.
 *
 * @example
 * ```ts
 * import { type Application, readBody, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const application: Application = async (environ) => {
 *   const bytes = await readBody(environ, 1_000)
 *   return text(`${bytes.byteLength} bytes`)
 * }
 * const response = await client(application).post('/', { body: 'Hello' })
 * await response.text() // => '5 bytes'
 * const refused = await client(application).post('/', { body: 'x'.repeat(1_001) })
 * refused.status // => 413
 * ```
 */
export function readBody(environ: Environ, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const lowest = bodyLimitOf(environ, limit)
  return exchangeOf(environ)?.readBody?.(lowest) ?? readRequest(environ, lowest)
}

async function readRequest(environ: Environ, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of readChunks(environ, limit)) {
    chunks.push(chunk)
    size += chunk.byteLength
  }
  return chunks.length === 1 ? chunks[0]! : joinChunks(chunks, size)
}

/**
 * Yields the chunks of the request's body as they arrive, with the same limit and errors as {@link readBody}. No chunk is
 * empty. For parsers that do not need the whole body.
 *
 * @example
 * ```ts
 * import { type Application, readChunks, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const application: Application = async (environ) => {
 *   let lines = 0
 *   for await (const chunk of readChunks(environ, 1_000)) lines += chunk.filter((byte) => byte === 10).length
 *   return text(`${lines} lines`)
 * }
 * const response = await client(application).post('/', { body: 'a\nb\n' })
 * await response.text() // => '2 lines'
 * ```
 */
export async function* readChunks(
  environ: Environ,
  maxBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const limit = bodyLimitOf(environ, maxBytes)
  if (Number(environ.headers.get('content-length')) > limit) throw tooLarge(limit)
  const { request } = environ
  if (request.bodyUsed) {
    throw new TypeError(`The body of ${environ.method} ${environ.pathInfo} was read before`)
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

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  { signal }: Environ,
): Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>> {
  try {
    return await reader.read()
  } catch (cause) {
    // The client disconnected, which is not an error of the application.
    if (signal.aborted) throw new HttpError(400, 'The request body was cut off.', { cause })
    throw cause
  }
}
