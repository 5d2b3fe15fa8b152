import { type Awaitable, chain, type Environ, type Middleware, withBody, withHeaders } from '@tsgi/core'
import { addVary, preferredEncoding } from '@tsgi/core/http'
import { type Candidate, candidateOf } from './candidate.ts'
import type { CoderSettings, CompressEncoding } from './coders/coder.ts'
import { coders } from './coders/coders.ts'
import { CompressedBody } from './compressed-body.ts'
import { type CompressOptions, type CompressSettings, readOptions } from './options.ts'

/** Largest body, in bytes or characters, that is compressed in one call: faster than a stream, but nothing else can run. */
const MAX_WHOLE = 64 * 1024

/**
 * Compresses responses with zstd, Brotli or gzip, depending on what the client accepts.
 *
 * Streams are compressed piece by piece, and flushed whenever the application makes the client wait. A response that is already encoded, partial (206), marked `no-transform` or smaller than
 * `minSize` is returned unchanged, and so are server-sent events unless `events` is set.
 *
 * Source: RFC 9110 §8.4 and §12.5.3, RFC 9659.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { compress } from '@tsgi/compress'
 *
 * const web = client(compress()(() => text('Hello '.repeat(1000))))
 * const response = await web.get('/', { headers: { 'accept-encoding': 'gzip, br' } })
 * response.headers.get('content-encoding') // => 'br'
 * response.headers.get('vary') // => 'Accept-Encoding'
 * const { byteLength } = await response.bytes()
 * byteLength < 100 // => true
 * ```
 */
export function compress(options: CompressOptions = {}): Middleware {
  const settings = readOptions(options)
  const encodings = settings.encodings.filter((encoding) => coders.encodings.includes(encoding))

  return (app) =>
    function compress(environ) {
      return chain(app(environ), (response) => {
        if (response.status === 304) return withSentTag(environ, response)
        const candidate = candidateOf(environ.method, response, settings, coders.create !== undefined)
        if (candidate === undefined) return response
        const encoding = preferredEncoding(environ.headers.get('accept-encoding'), encodings)
        if (encoding === undefined) return withVary(response)
        if (environ.method === 'HEAD') return withoutBody(response, candidate, encoding)
        return encode(response, candidate, encoding, settings)
      })
    }
}

function encode(
  response: Response,
  { body, size, isEvents }: Candidate,
  encoding: CompressEncoding,
  { levels }: CompressSettings,
): Awaitable<Response> {
  const coding = { encoding, level: levels[encoding], isLongLived: isEvents }
  if (body === undefined) return streamed(response, response.body!, { ...coding, size })
  if (body.length <= MAX_WHOLE || coders.create === undefined) {
    return chain(coders.whole(body, coding), (bytes) =>
      bytes.byteLength < body.length
        ? withHeaders(withBody(response, bytes), encodedFields(response, encoding))
        : withVary(response),
    )
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return streamed(response, new Response(bytes).body!, { ...coding, size: bytes.byteLength })
}

function streamed(response: Response, body: ReadableStream<Uint8Array>, settings: CoderSettings): Response {
  const compressed = new CompressedBody(body, settings.size, () => coders.create!(settings))
  return withHeaders(withBody(response, compressed), encodedFields(response, settings.encoding))
}

/** Returns the response to HEAD that has the header fields of a compressed response to GET. */
function withoutBody(response: Response, { body }: Candidate, encoding: CompressEncoding): Response {
  // Ignore errors from cancelling a body that is not sent.
  if (body === undefined) response.body?.cancel().catch(() => {})
  return withHeaders(withBody(response, null), encodedFields(response, encoding))
}

function encodedFields({ headers }: Response, encoding: CompressEncoding): Record<string, string | null> {
  const etag = headers.get('etag')
  return {
    'content-encoding': encoding,
    vary: addVary(headers.get('vary'), 'Accept-Encoding'),
    // A strong tag stands for other bytes (RFC 9110 §8.8.3.3).
    etag: etag === null ? null : weakened(etag),
    'content-length': null,
    'content-md5': null,
    'content-digest': null,
    'repr-digest': null,
    digest: null,
    'accept-ranges': null,
  }
}

function weakened(etag: string): string {
  return etag.startsWith('W/') ? etag : `W/${etag}`
}

/** Tells caches that the response would differ for another `Accept-Encoding`. */
function withVary(response: Response): Response {
  const current = response.headers.get('vary')
  const vary = addVary(current, 'Accept-Encoding')
  return vary === current ? response : withHeaders(response, { vary })
}

/**
 * Returns a 304 with the weak tag that the client has got with the compressed response. Caches do not match a strong tag
 * with a weak one (RFC 9111 §4.3.4).
 */
function withSentTag({ headers }: Environ, response: Response): Response {
  const etag = response.headers.get('etag')
  if (etag === null || etag.startsWith('W/')) return response
  const weak = weakened(etag)
  if (!headers.get('if-none-match')?.includes(weak)) return response
  return withHeaders(withVary(response), { etag: weak })
}
