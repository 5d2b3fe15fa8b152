import { context, isSpanContextValid, propagation, type Span, SpanKind, trace } from '@opentelemetry/api'
import { type Application, chain, type Environ, type Finished, handle, type Middleware } from '@tsgi/core'
import { keepContext } from '@tsgi/core/gateway'
import { describeSpan, endSpan, requestAttributes } from './attributes.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { readSettings, type TelemetryOptions } from './settings.ts'
import { version } from './version.ts'

/**
 * Traces each request with a span that is named by method and route, such as `GET /users/:id`, and measures its duration.
 * The span continues the trace of the client's `traceparent`, and is the active span in the application, in the generators
 * of `stream` and `sse` and in `waitUntil`.
 *
 * If an instrumentation of node:http has made a span for the request already, that span gets the name and the route, and
 * durations are not measured twice.
 *
 * Source: OpenTelemetry's semantic conventions for HTTP spans and metrics, version 1.45.
 *
 * @throws TypeError if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { telemetry } from '@tsgi/telemetry'
 *
 * const web = stack(telemetry())
 * const response = await client(web(() => text('Hello'))).get('/')
 * response.status // => 200
 * ```
 */
export function telemetry(options: TelemetryOptions = {}): Middleware {
  const settings = readSettings(options)
  const { ignore } = options
  const tracer = trace.getTracer('@tsgi/telemetry', version)
  let metrics: Metrics | undefined
  keepActiveContext()

  return function telemetry<E extends object>(app: Application<E>): Application<E> {
    return function telemetry(environ: Environ & E) {
      if (ignore?.(environ) === true) return app(environ)
      // A provider of metrics that is set up later has no effect on instruments that exist.
      metrics ??= createMetrics()
      const server = serverSpan()
      if (server !== undefined) {
        return chain(handle(app, environ), (response) => {
          describeSpan(server, environ, response, settings)
          return response
        })
      }
      const begin = performance.now()
      const { finished } = environ
      const measured = metrics.begin(environ)
      const parent = propagation.extract(context.active(), environ.headers, getter)
      const attributes = requestAttributes(environ, settings)
      const span = tracer.startSpan(environ.method, { kind: SpanKind.SERVER, attributes }, parent)
      let response: Response | undefined
      const finish = (end: Finished) => {
        measured.end(response, end, performance.now() - begin)
        endSpan(span, response, end)
      }
      // Nothing waits for it, so an error of an exporter would end the process.
      finished.then(finish).catch((error: unknown) => environ.errors.write(error))
      return context.with(trace.setSpan(parent, span), () =>
        chain(handle(app, environ), (returned) => {
          response = returned
          describeSpan(span, environ, returned, settings)
          measured.respond(returned, performance.now() - begin)
          return returned
        }),
      )
    }
  }
}

/** The span that an instrumentation of the server has made for this request. */
function serverSpan(): Span | undefined {
  const span = trace.getActiveSpan() as (Span & { readonly kind?: SpanKind }) | undefined
  if (span === undefined || span.kind !== SpanKind.SERVER) return undefined
  return isSpanContextValid(span.spanContext()) ? span : undefined
}

const getter = {
  get: (headers: Headers, name: string) => headers.get(name) ?? undefined,
  keys: (headers: Headers) => [...headers.keys()],
}

let isKept = false

function keepActiveContext(): void {
  if (isKept) return
  isKept = true
  keepContext(() => {
    const active = context.active()
    return (code) => context.with(active, code)
  })
}
