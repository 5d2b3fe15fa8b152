/**
 * Publishes requests to `node:diagnostics_channel`: `@tsgi/telemetry/diagnostics`.
 */
import { tracingChannel } from 'node:diagnostics_channel'
import { type Application, type Environ, errorOf, handle, type Middleware } from '@tsgi/core'

/** What subscribers of the channel get. The same object for all events of a request. */
export interface RequestMessage {
  readonly environ: Environ
  /** The response, from the event `asyncStart` on. */
  result?: Response
  /** What the application threw, from the event `error` on. */
  error?: unknown
}

/**
 * Publishes each request to the tracing channel `tsgi.request`, to which tools for performance monitoring can subscribe:
 * `start` and `end` around the call of the application, `asyncStart` and `asyncEnd` when it has responded, and `error` before
 * these if it has thrown. Without subscribers, it only calls the application.
 *
 * Source: Node.js, "Diagnostics Channel", class `TracingChannel`.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { diagnostics, type RequestMessage } from '@tsgi/telemetry/diagnostics'
 *
 * const seen: string[] = []
 * subscribe('tracing:tsgi.request:asyncEnd', (message) => {
 *   const { environ, result } = message as RequestMessage
 *   seen.push(`${environ.method} ${environ.pathInfo} ${result?.status}`)
 * })
 *
 * await client(diagnostics()(() => text('Hello'))).get('/')
 * seen // => ['GET / 200']
 * ```
 */
export function diagnostics(): Middleware {
  return function diagnostics<E extends object>(app: Application<E>): Application<E> {
    return function diagnostics(environ: Environ & E) {
      // Bun does not say whether there are subscribers: there it is undefined.
      if (channel.hasSubscribers === false) return app(environ)
      const message: RequestMessage = { environ }
      return channel.tracePromise(async () => {
        const response = await handle(app, environ)
        const error = errorOf(response)
        if (error !== undefined) {
          message.error = error
          channel.error.publish(message)
        }
        return response
      }, message)
    }
  }
}

const channel = tracingChannel<unknown, RequestMessage>('tsgi.request')
