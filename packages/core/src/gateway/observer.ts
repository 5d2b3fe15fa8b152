import type { Environ, Finished } from '../contract/environ.ts'
import type { ErrorLog } from '../contract/error-log.ts'

/** What an observer learns of a request, whichever gateway received it. */
export interface ObservedRequest {
  readonly method: string
  /** The request target as received. */
  readonly target: string
  readonly protocol: string
  readonly host: string
  readonly remoteAddress: string
  readonly headers: Headers
  /** The request's id, if an observer has {@link Observer.needsRequestId}. */
  readonly requestId: string | undefined
  /** The status of the response; 0 while there is none. */
  readonly status: number
}

/** A request that reached the application. */
export interface ObservedExchange extends ObservedRequest {
  readonly environ: Environ
}

/**
 * Learns of the requests of a gateway, such as an access log, metrics or tracing. It keeps its own state, for example in
 * a `WeakMap` with the exchange as key.
 */
export interface Observer {
  /**
   * Whether each request needs an id. It is the request's own `X-Request-Id` if that is well-formed, a new one
   * otherwise; both the application and the client receive it as `X-Request-Id`.
   */
  readonly needsRequestId?: boolean
  /** Called before the application. */
  began?(exchange: ObservedExchange): void
  /** Called when the application has taken longer than `requestTimeout`. The response is 503 then. */
  timedOut?(exchange: ObservedExchange): void
  /** Called when the response has ended, or was cut off. */
  ended?(exchange: ObservedExchange, end: Finished): void
  /** Called for a request that was answered with an error because no application may receive it. */
  refused?(request: ObservedRequest, end: Finished): void
}

/** Calls each observer. One that throws is no reason for a request to fail. */
export function tell(
  observers: readonly Observer[],
  errors: ErrorLog,
  call: (observer: Observer) => void,
): void {
  for (const observer of observers) {
    try {
      call(observer)
    } catch (error) {
      errors.write(error)
    }
  }
}

/**
 * Returns the request's own `X-Request-Id` if it is well-formed, so that one id follows a request through every server;
 * a new one otherwise.
 */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id')
  return given !== null && WELL_FORMED.test(given) ? given : crypto.randomUUID()
}

/** An id that needs no escaping in any log, field or query. */
const WELL_FORMED = /^[\w.:-]{1,128}$/
