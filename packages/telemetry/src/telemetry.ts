import {
  type Context,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { type Application, chain, type Environ, handle, type Middleware } from '@tsgi/core'
import { keepContext } from '@tsgi/core/gateway'
import { ignoreRejection } from '@tsgi/core/options'
import { describeSpan, endSpan, requestAttributes } from './attributes.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { readSettings, type Settings, type TelemetryOptions } from './settings.ts'
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
      if (ignore !== undefined && attempt(environ, () => isTrue(ignore(environ)))) return app(environ)
      // A provider of metrics that is set up later has no effect on instruments that exist.
      metrics ??= attempt(environ, createMetrics)
      const traced =
        metrics && attempt(environ, () => begin(environ, { tracer, metrics: metrics!, settings }))
      if (traced === undefined) return app(environ)
      return context.with(traced.context, () =>
        chain(handle(app, environ), (response) => {
          attempt(environ, () => traced.respond(response))
          return response
        }),
      )
    }
  }
}

interface Traced {
  /** The context for the application. */
  readonly context: Context
  /** Called with the response of the application. */
  respond(response: Response): void
}

interface Telemetry {
  readonly tracer: Tracer
  readonly metrics: Metrics
  readonly settings: Settings
}

function begin(environ: Environ, { tracer, metrics, settings }: Telemetry): Traced {
  const server = serverSpan()
  if (server !== undefined) {
    return {
      context: context.active(),
      respond: (response) => describeSpan(server, environ, response, settings),
    }
  }
  const begin = performance.now()
  const parent = propagation.extract(context.active(), environ.headers, getter)
  const attributes = requestAttributes(environ, settings)
  const span = tracer.startSpan(environ.method, { kind: SpanKind.SERVER, attributes }, parent)
  const measured = metrics.begin(environ)
  let response: Response | undefined
  environ.finished.then((end) => {
    attempt(environ, () => measured.end(response, end, performance.now() - begin))
    attempt(environ, () => endSpan(span, response, end))
  })
  return {
    context: trace.setSpan(parent, span),
    respond(returned) {
      response = returned
      describeSpan(span, environ, returned, settings)
      measured.respond(returned, performance.now() - begin)
    },
  }
}

/** Reports an error instead of throwing it: neither a request nor the process may fail because of its telemetry. */
function attempt<T>(environ: Environ, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    environ.errors.write(error)
    return undefined
  }
}

/** Reports whether a value is `true`. An asynchronous function is not supported, but its rejection must not end the process. */
function isTrue(value: unknown): boolean {
  ignoreRejection(value)
  return value === true
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
