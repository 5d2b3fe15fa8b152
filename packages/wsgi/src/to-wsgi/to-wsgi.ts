import { type Application, errorResponse, HttpError, handle } from '@tsgi/core'
import { isNullBodyStatus, plainParts, reasonPhrase } from '@tsgi/core/gateway'
import type { Blocks, WsgiApplication, WsgiHeaders } from '../contract/types.ts'
import { WsgiExchange } from './exchange.ts'

/**
 * An application as a callable in the shape of PEP 3333: for WSGI middleware, `validator`, or `makeServer`.
 *
 * What the application throws is answered and reported to `wsgi.errors`. `gateway.native` is the WSGI environ. `signal`
 * aborts when the body is closed before its end, and with `tsgi.signal` where the environ has one. PATH_INFO is
 * decoded, so an application cannot tell `%2F` from `/`: that is WSGI's own limit. A request whose host is none is
 * answered 400 without calling the application.
 *
 * @throws TypeError where the application is not a function.
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
  if (typeof app !== 'function') throw new TypeError(`toWsgi: app must be an application, got ${typeof app}`)
  return async function tsgiApplication(environ, startResponse) {
    const exchange = new WsgiExchange(environ)
    const { sound, environ: inner } = exchange
    const response = sound
      ? await handle(app, inner)
      : errorResponse(new HttpError(400, 'No usable host'), inner)
    const { status, statusText } = response
    // Before `headers` is read, which takes the plain parts away.
    const body = whole(response)
    const headers: WsgiHeaders = [...response.headers]
    const isHead = environ.REQUEST_METHOD === 'HEAD'
    const isBodiless = isHead || isNullBodyStatus(status)
    if (isHead && body && !response.headers.has('content-length')) {
      headers.push(['content-length', String(body.byteLength)])
    }
    // Python's `wsgiref.validate` takes no response without one, a redirect neither.
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

/** The body where it is at hand, null where there is none; undefined where it is a stream. */
function whole(response: Response): Uint8Array | null | undefined {
  const parts = plainParts(response)
  if (parts === undefined) return response.body === null ? null : undefined
  return typeof parts.body === 'string' ? new TextEncoder().encode(parts.body) : parts.body
}

/** The blocks of a stream, read as they are asked for. */
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
      exchange.leave()
      await reader.cancel()
    },
  }
}
