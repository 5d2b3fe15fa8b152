import { type Application, errorResponse, HttpError, handle } from '@tsgi/core'
import { isNullBodyStatus, plainParts, reasonPhrase } from '@tsgi/core/gateway'
import { describe } from '@tsgi/core/options'
import type { Blocks, WsgiApplication, WsgiHeaders } from '../contract/types.ts'
import { WsgiExchange } from './exchange.ts'

/**
 * Turns a TSGI application into a WSGI application, for use with WSGI middleware, {@link validator} or `makeServer`.
 *
 * Errors that the application throws become error responses and are reported to `wsgi.errors`. `gateway.native` is the
 * WSGI environ. `signal` aborts when the server closes the body early, and when `tsgi.signal` aborts, if the environ has
 * one. Because WSGI decodes PATH_INFO, the application cannot distinguish `%2F` from `/`. If the host of a request is
 * invalid, the response is a 400, and the application is not called.
 *
 * @throws TypeError if `app` is not a function.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { toWsgi, wsgi, type WsgiApplication } from '@tsgi/wsgi'
 *
 * const shout = (app: WsgiApplication): WsgiApplication => (environ, startResponse) =>
 *   app(environ, (status, headers) => startResponse(status, [...headers, ['X-Shout', 'Hey']]))
 *
 * const response = await client(wsgi(shout(toWsgi(() => text('Hello'))))).get('/')
 * response.headers.get('x-shout') // => 'Hey'
 * await response.text() // => 'Hello'
 * ```
 */
export function toWsgi(app: Application): WsgiApplication {
  if (typeof app !== 'function') throw new TypeError(`toWsgi: app must be a function, got ${describe(app)}`)
  return async function tsgiApplication(environ, startResponse) {
    const exchange = new WsgiExchange(environ)
    const { hasValidHost, environ: inner } = exchange
    const response = hasValidHost
      ? await handle(app, inner)
      : errorResponse(new HttpError(400, 'The host is malformed.'), inner)
    const { status, statusText } = response
    // First, because reading `headers` discards the plain parts.
    const body = bodyInMemory(response)
    const headers: WsgiHeaders = [...response.headers]
    const isHead = environ.REQUEST_METHOD === 'HEAD'
    const isBodiless = isHead || isNullBodyStatus(status)
    if (isHead && body && !response.headers.has('content-length')) {
      headers.push(['content-length', String(body.byteLength)])
    }
    // Python's `wsgiref.validate` requires one, even on a redirect.
    if (!response.headers.has('content-type') && status !== 204 && status !== 304) {
      headers.push(['content-type', 'text/plain; charset=utf-8'])
    }
    try {
      startResponse(`${status} ${statusText || reasonPhrase(status)}`, headers)
    } catch (error) {
      response.body?.cancel(error).catch(() => {})
      throw error
    }
    if (body === undefined && response.body !== null && !isBodiless) return streamed(response.body, exchange)
    if (body === undefined) response.body?.cancel().catch((error: unknown) => exchange.errors.write(error))
    const content = isBodiless ? null : (body ?? null)
    exchange.completion.settle({ bytes: content?.byteLength ?? 0, aborted: false })
    return content === null ? [] : [content]
  }
}

/** Returns the body if it is in memory; null if there is none, undefined if it is a stream. */
function bodyInMemory(response: Response): Uint8Array | null | undefined {
  const parts = plainParts(response)
  if (parts === undefined) return response.body === null ? null : undefined
  return typeof parts.body === 'string' ? new TextEncoder().encode(parts.body) : parts.body
}

/** Returns the chunks of a stream as blocks, each read on demand. */
function streamed(body: ReadableStream<Uint8Array>, exchange: WsgiExchange): Blocks {
  const { completion } = exchange
  const reader = body.getReader()
  let bytes = 0
  let over = false
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const { done, value } = await reader.read()
          if (done) break
          bytes += value.byteLength
          yield value
        }
      } catch (error) {
        over = true
        completion.settle({ bytes, aborted: true, error })
        throw error
      }
      over = true
      completion.settle({ bytes, aborted: false })
    },
    async close() {
      if (over) return
      over = true
      completion.settle({ bytes, aborted: true })
      exchange.abort()
      await reader.cancel()
    },
  }
}
