import { type Application, errorResponse, HttpError, handle } from '@tsgi/core'
import { discardBody, exchangeSettings, planFor, type ResponsePlan } from '@tsgi/core/gateway'
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
  const settings = exchangeSettings('toWsgi', app)
  return async function tsgiApplication(environ, startResponse) {
    const exchange = new WsgiExchange(environ, settings)
    const { hasValidHost, environ: inner } = exchange
    exchange.begin()
    const response = hasValidHost
      ? await handle(app, inner)
      : errorResponse(new HttpError(400, 'The host is malformed.'), inner)
    const plan = planned(exchange, response)
    const { status, reason, body } = plan
    try {
      startResponse(`${status} ${reason}`, headersOf(plan))
    } catch (error) {
      discardBody(exchange, response)
      throw error
    }
    if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) {
      return streamed(body.take().toStream(), exchange)
    }
    if (body === null) discardBody(exchange, response)
    const content = typeof body === 'string' ? new TextEncoder().encode(body) : body
    exchange.bytes = content?.byteLength ?? 0
    exchange.close(true)
    return content === null ? [] : [content]
  }
}

function planned(exchange: WsgiExchange, response: Response): ResponsePlan {
  try {
    return planFor(exchange, response)
  } catch (error) {
    exchange.failure = error
    discardBody(exchange, response)
    return planFor(exchange, errorResponse(error, exchange.environ))
  }
}

function headersOf({ status, fields, length }: ResponsePlan): WsgiHeaders {
  const headers: WsgiHeaders = []
  for (let at = 0; at < fields.length; at += 2) headers.push([fields[at]!, fields[at + 1]!])
  if (length !== undefined) headers.push(['content-length', String(length)])
  // Python's `wsgiref.validate` requires one, even for a redirect.
  if (status !== 204 && status !== 304 && !fields.includes('content-type')) {
    headers.push(['content-type', 'text/plain; charset=utf-8'])
  }
  return headers
}

/** Returns the chunks of a stream as blocks, each read on demand. */
function streamed(body: ReadableStream<Uint8Array>, exchange: WsgiExchange): Blocks {
  const reader = body.getReader()
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const { done, value } = await reader.read()
          if (done) break
          exchange.bytes += value.byteLength
          yield value
        }
      } catch (error) {
        exchange.failure = error
        exchange.close(false)
        throw error
      }
      exchange.close(true)
    },
    async close() {
      if (exchange.isClosed) return
      exchange.close(false)
      await reader.cancel()
    },
  }
}
