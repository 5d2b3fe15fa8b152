import type { Environ, Finished } from '../contract/environ.ts'
import type { ErrorLog } from '../contract/error-log.ts'
import type { Upgrade } from '../contract/upgrade.ts'
import { requestLog } from './error-log.ts'
import type { BaseSettings } from './exchange-settings.ts'

/**
 * The part of an environ that does not depend on `scriptName` and `pathInfo`. There is one per request, shared by all
 * copies of its environ, so that members that are created on first use are created only once.
 */
export interface Exchange
  extends Omit<Environ, 'method' | 'scriptName' | 'pathInfo' | 'queryString' | 'route' | 'upgrade'> {
  /** The state that all requests of the gateway share. */
  readonly settings?: BaseSettings
  /** The pattern of the route that matched. */
  route?: string | undefined
  /** The gateway's own id of the request, for reports. */
  readonly requestId?: string | undefined
  /** Sets the request's id. Without an argument, returns it, and creates it if there is none. */
  identify?(id?: string): string
  /** The log that receives the problems of this request instead of the gateway's. */
  errorLog?: ErrorLog | undefined
  /** Changes the body of the request before the application sees it, for example to limit it. */
  wrapBody?: ((body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>) | undefined
  /** How to accept a WebSocket, if the request is a handshake. */
  readonly upgrade?: Upgrade | undefined
  /** Aborts `signal`. Only the first reason counts. */
  abort?(reason: unknown): void
  /** Reads the whole body if that needs neither a `Request` nor a stream; returns undefined otherwise. */
  readBody?(limit: number): Promise<Uint8Array<ArrayBuffer>> | undefined
}

/** The target of a request. */
export type Target = Pick<Environ, 'method' | 'pathInfo' | 'queryString'> & { readonly scriptName?: string }

const exchangeKey = Symbol('tsgi.exchange')

/** The path is plain data, because mounts change it. Everything else is read from the exchange on demand. */
class GatewayEnviron implements Environ {
  readonly method: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
  readonly [exchangeKey]: Exchange

  constructor(exchange: Exchange, target: Target) {
    this.method = target.method
    this.scriptName = target.scriptName ?? ''
    this.pathInfo = target.pathInfo
    this.queryString = target.queryString
    this[exchangeKey] = exchange
  }

  get scheme(): Environ['scheme'] {
    return this[exchangeKey].scheme
  }
  get host(): string {
    return this[exchangeKey].host
  }
  get headers(): Headers {
    return this[exchangeKey].headers
  }
  get protocol(): string {
    return this[exchangeKey].protocol
  }
  get remoteAddress(): string {
    return this[exchangeKey].remoteAddress
  }
  get request(): Request {
    return this[exchangeKey].request
  }
  get signal(): AbortSignal {
    return this[exchangeKey].signal
  }
  get waitUntil(): Environ['waitUntil'] {
    return this[exchangeKey].waitUntil
  }
  get finished(): Promise<Finished> {
    return this[exchangeKey].finished
  }
  get errors(): Environ['errors'] {
    const { errors, requestId } = this[exchangeKey]
    return requestLog(errors, this, requestId)
  }
  get gateway(): Environ['gateway'] {
    return this[exchangeKey].gateway
  }
  get route(): string | undefined {
    return this[exchangeKey].route
  }
  // For setRoute: in the contract's type, `route` is read-only.
  set route(pattern: string | undefined) {
    this[exchangeKey].route = pattern
  }
  get upgrade(): Upgrade | undefined {
    return this[exchangeKey].upgrade
  }
}

/**
 * Creates the environ of a request. Reads a member of the exchange only when it is read from the environ.
 *
 * @example
 * ```ts
 * import { createEnviron } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * // Any environ is an exchange; a gateway implements its own class on top of its transport.
 * const environ = createEnviron(testEnviron('/'), { method: 'GET', pathInfo: '/users', queryString: 'page=2' })
 * environ.pathInfo // => '/users'
 * environ.host // => 'localhost'
 * ```
 */
export function createEnviron(exchange: Exchange, target: Target): Environ {
  return new GatewayEnviron(exchange, target)
}

/** Returns the exchange of an environ; undefined if no gateway created the environ. */
export function exchangeOf(environ: Environ): Exchange | undefined {
  return environ instanceof GatewayEnviron ? environ[exchangeKey] : undefined
}

/**
 * Aborts `environ.signal`, for middleware that gives up on the application, such as a timeout.
 *
 * @example
 * ```ts
 * import { abortRequest } from '@tsgi/core/gateway'
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * const environ = testEnviron('/')
 * abortRequest(environ, new Error('too slow'))
 * environ.signal.aborted // => true
 * ```
 */
export function abortRequest(environ: Environ, reason: unknown): void {
  exchangeOf(environ)?.abort?.(reason)
}
