import type { ErrorLog } from './error-log.ts'
import type { Upgrade } from './upgrade.ts'

/**
 * One request, and the keys that middleware adds to it: WSGI's environ with the Fetch standard's types.
 *
 * A gateway creates one per request. Reading a member is cheap, and members can be destructured. `headers`, `request`,
 * `signal` and `finished` are created on first use.
 *
 * All members but the four of the target are accessors on the prototype, so a copy made with a spread does not have
 * them: `{ ...environ, user }` is a compile error. Use {@link extend} to add keys, {@link withPath} to copy.
 *
 * Source: PEP 3333, "environ Variables"; RFC 3875 (CGI) for how the path is divided; RFC 9110 for the rest.
 */
export declare abstract class Environ {
  /** The request method as received. Methods are case-sensitive (RFC 9110 §9.1). `REQUEST_METHOD`. */
  readonly method: string
  /** The prefix under which the application is mounted: `''` at the root, never ends with `/`. `SCRIPT_NAME`. */
  readonly scriptName: string
  /** The rest of the path, percent-encoded: `''`, or starts with `/`. `PATH_INFO`. */
  readonly pathInfo: string
  /** The query without its `?`, percent-encoded. `QUERY_STRING`. */
  readonly queryString: string
  /** `wsgi.url_scheme`. */
  abstract get scheme(): 'http' | 'https'
  /** The validated authority that the request was sent to, `host` or `host:port` (RFC 9110 §7.2). */
  abstract get host(): string
  /** The headers of the request: `CONTENT_TYPE`, `CONTENT_LENGTH` and `HTTP_*`. */
  abstract get headers(): Headers
  /** The protocol and its version, such as `HTTP/1.1`. `SERVER_PROTOCOL`. */
  abstract get protocol(): string
  /** The client's address, resolved through the trusted proxies; `''` if the transport has none. */
  abstract get remoteAddress(): string
  /** The WHATWG `Request` of this request. Its `url` is the original one, even inside mounts. */
  abstract get request(): Request
  /**
   * Aborts when the client disconnects, when the gateway or a middleware such as a timeout gives up on the request, or when
   * the gateway ends an event stream because it stops.
   */
  abstract get signal(): AbortSignal
  /** Keeps the gateway from stopping until the promise settles. A rejection is reported to `errors`. */
  abstract get waitUntil(): (promise: Promise<unknown>) => void
  /**
   * How the response ended. Resolves, never rejects. Read it before you return the response: a gateway only has to watch a
   * body if someone has read `finished` by then.
   */
  abstract get finished(): Promise<Finished>
  /** Where gateways and middleware report problems. `wsgi.errors`. */
  abstract get errors(): ErrorLog
  /** The gateway that serves this request. `wsgi.version`, `wsgi.multiprocess`. */
  abstract get gateway(): Gateway
  /**
   * The pattern of the route that matched, from the root, such as `/admin/users/:id`. Routers set it with
   * {@link setRoute}, so middleware around a router can read it once it has the response. `undefined` if no route
   * matched.
   */
  abstract get route(): string | undefined
  /** Accepts a WebSocket. `undefined` unless the request is a handshake that the gateway can accept. */
  abstract get upgrade(): Upgrade | undefined
}

/** How a response ended (Rack's `rack.response_finished`). */
export interface Finished {
  /** The number of bytes of the response body that were passed to the transport. */
  readonly bytes: number
  /** Milliseconds from the arrival of the request to the end of the response. */
  readonly duration: number
  /** Whether the response was cut off before its end. */
  readonly aborted: boolean
  /** The reason why it was cut off, if known. */
  readonly error?: unknown
}

/** The gateway that serves a request. */
export interface Gateway {
  /** The gateway's name, such as `node:http`. */
  readonly name: string
  /** The version of the package that the gateway belongs to. */
  readonly version: string
  /** The version of SPEC.md that the gateway implements, such as `1.0`. */
  readonly specVersion: string
  /** Whether other processes may serve the same application at the same time. */
  readonly multiprocess: boolean
  /** Aborts when the gateway starts to stop. Long responses, such as event streams, should end then. */
  readonly stopping: AbortSignal
  /** Whether the gateway can accept WebSockets, on connections of this kind. Default: `false`. */
  readonly webSockets?: boolean
  /** The runtime's own objects for this request. Each gateway documents its own. */
  readonly native: unknown
}

/** The keys that middleware may add: any except those of the contract. */
export type Addition = {
  readonly [K in keyof Environ]?: `'${K}' belongs to the contract: choose another key`
}

/**
 * Adds keys to the environ in place and returns it with the wider type. Middleware uses it to pass values to the application
 * inside. The keys of the contract cannot be added.
 *
 * @example
 * ```ts
 * import { extend, type Middleware, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const clock: Middleware<{ now: Date }> = (app) => (environ) => app(extend(environ, { now: new Date(0) }))
 *
 * const response = await client(clock(({ now }) => text(now.toISOString()))).get('/')
 * await response.text() // => '1970-01-01T00:00:00.000Z'
 * ```
 */
export function extend<E extends Environ, A extends object & Addition>(environ: E, added: A): E & A {
  return Object.assign(environ, added)
}
