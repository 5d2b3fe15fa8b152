import { type Attributes, metrics } from '@opentelemetry/api'
import type { Environ, Finished } from '@tsgi/core'
import { Handshake, plainParts, sentStatus } from '@tsgi/core/gateway'
import { errorTypeOf, methodOf } from './attributes.ts'
import { version } from './version.ts'

/** In seconds, as the semantic conventions advise. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** The measurement of one request. Durations are in milliseconds. */
export interface Measured {
  /** Called with the response of the application. */
  respond(response: Response, duration: number): void
  /** Called when the response has ended. */
  end(response: Response | undefined, end: Finished, duration: number): void
}

export interface Metrics {
  begin(environ: Environ): Measured
}

/** Creates the instruments. */
export function createMetrics(): Metrics {
  const meter = metrics.getMeter('@tsgi/telemetry', version)
  const advice = { explicitBucketBoundaries: BUCKETS }
  const durations = meter.createHistogram('http.server.request.duration', {
    description: 'Duration of HTTP server requests, until the response begins if it is streamed.',
    unit: 's',
    advice,
  })
  const streams = meter.createHistogram('tsgi.stream.duration', {
    description:
      'Duration of streamed responses and WebSockets, from the arrival of the request to their end.',
    unit: 's',
    advice: { explicitBucketBoundaries: [...BUCKETS, 30, 60, 300, 1800, 7200] },
  })
  const active = meter.createUpDownCounter('http.server.active_requests', {
    description: 'Number of active HTTP server requests.',
    unit: '{request}',
  })

  return {
    begin(environ) {
      const common: Attributes = {
        'http.request.method': methodOf(environ),
        'url.scheme': environ.scheme,
      }
      active.add(1, common)
      let isStream = false
      // That of a gateway which gives up on the application.
      let status = 503
      const attributes = (): Attributes => {
        const { route } = environ
        return {
          ...common,
          'network.protocol.version': environ.protocol.replace(/^.*\//, ''),
          ...(route !== undefined && { 'http.route': route }),
          'http.response.status_code': status,
        }
      }
      return {
        respond(response, duration) {
          status = sentStatus(environ, response)
          isStream = plainParts(response) === undefined
          // A stream that lasts ten minutes says nothing about how fast the server is.
          if (isStream) durations.record(duration / 1000, attributes())
        },
        end(response, end, duration) {
          active.add(-1, common)
          // The client left before there was a response.
          if (response === undefined && end.aborted) return
          const errorType = errorTypeOf(response, end)
          const all = { ...attributes(), ...(errorType !== undefined && { 'error.type': errorType }) }
          ;(isStream ? streams : durations).record(duration / 1000, all)
          if (status === 101 && !end.aborted && environ.upgrade instanceof Handshake) {
            const opened = performance.now() - duration
            environ.upgrade.closed
              .then(() => streams.record((performance.now() - opened) / 1000, all))
              .catch((error: unknown) => environ.errors.write(error))
          }
        },
      }
    },
  }
}
