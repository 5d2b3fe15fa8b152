import type { Environ, Finished } from '../contract/environ.ts'
import type { ErrorLog } from '../contract/error-log.ts'

/** A request as observers see it, the same in every gateway. */
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
  /** The status of the response; 0 before there is one. */
  readonly status: number
  /** Whether the request was rejected because the process is overloaded. */
  readonly isShed?: boolean
}

/** A request that reached the application. */
export interface ObservedExchange extends ObservedRequest {
  readonly environ: Environ
}

/**
 * Observes the requests of a gateway, for example for an access log, metrics or tracing. It keeps its own state, for
 * example in a `WeakMap` keyed by exchange.
 */
export interface Observer {
  /**
   * Whether each request needs an id: the `X-Request-Id` that a trusted proxy sent if it is well-formed, otherwise a new
   * one. Both the application and the client receive it as `X-Request-Id`.
   */
  readonly needsRequestId?: boolean
  /** Called before the application. */
  began?(exchange: ObservedExchange): void
  /** Called when the application has taken longer than `requestTimeout`. The client then receives status 503. */
  timedOut?(exchange: ObservedExchange): void
  /** Called when the response has ended or was cut off. */
  ended?(exchange: ObservedExchange, end: Finished): void
  /**
   * Called for a request that was rejected before it reached the application: malformed, beyond a limit, or because the
   * process is overloaded ({@link ObservedRequest.isShed}).
   */
  rejected?(request: ObservedRequest, end: Finished): void
}

/** Calls each observer. Reports what an observer throws or rejects with, because it must not fail the request. */
export function tell(
  observers: readonly Observer[],
  errors: ErrorLog,
  call: (observer: Observer) => unknown,
): void {
  for (const observer of observers) {
    try {
      const returned = call(observer)
      if (returned instanceof Promise) returned.catch((error) => errors.write(error))
    } catch (error) {
      errors.write(error)
    }
  }
}

/**
 * Returns a new id for a request.
 *
 * @param headers The header fields of a trusted proxy, whose `X-Request-Id` is kept if it is well-formed. The id of a client
 *   could be that of another request.
 */
export function newRequestId(headers?: Headers): string {
  const given = headers?.get('x-request-id')
  return given != null && isRequestId(given) ? given : crypto.randomUUID()
}

/** Reports whether a text is a well-formed id, which needs no escaping in any log, field or query. */
export function isRequestId(text: string): boolean {
  return /^[\w.:-]{1,128}$/.test(text)
}
