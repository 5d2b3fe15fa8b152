/**
 * One request, and what middleware adds to it: WSGI's environ with the Fetch standard's types.
 *
 * A gateway makes one per request. Everything in it is cheap until it is touched: `headers`, `request`, `signal`
 * and `finished` are made on first use. Every member can be destructured.
 *
 * Source: PEP 3333, "environ Variables"; RFC 3875 (CGI) for the path's division; RFC 9110 for the rest.
 */
export interface Environ {
  /** The request method as received, case kept: methods are case-sensitive (RFC 9110 §9.1). `REQUEST_METHOD`. */
  readonly method: string
  /** `wsgi.url_scheme`. */
  readonly scheme: 'http' | 'https'
  /** The validated authority the request was made to, `host` or `host:port` (RFC 9110 §7.2). */
  readonly host: string
  /** The part of the path that mounts have consumed: `''` at the root, never ends in `/`. `SCRIPT_NAME`. */
  readonly scriptName: string
  /** The rest of the path, percent-encoding kept: `''`, or begins with `/`. `PATH_INFO`. */
  readonly pathInfo: string
  /** The query without its `?`, percent-encoding kept. `QUERY_STRING`. */
  readonly queryString: string
  /** The request's header fields: `CONTENT_TYPE`, `CONTENT_LENGTH` and `HTTP_*`. */
  readonly headers: Headers
  /** The protocol and its version, as `HTTP/1.1`. `SERVER_PROTOCOL`. */
  readonly protocol: string
  /** The client's address, after the configured trusted proxies; `''` where the transport has none. */
  readonly remoteAddress: string
  /** The one WHATWG `Request` of this request. Its `url` is the original one, whatever was mounted since. */
  readonly request: Request
  /** Aborts when the client leaves or the gateway gives the request up. */
  readonly signal: AbortSignal
  /** Keeps the gateway from stopping until the promise settles; a rejection is reported to `errors`. */
  readonly waitUntil: (promise: Promise<unknown>) => void
  /**
   * How the response ended. It resolves, never rejects. To be read before the response is returned: a gateway need not
   * watch a body that nobody had asked about when it was sent.
   */
  readonly finished: Promise<Finished>
  /** Where gateways and middleware report problems. `wsgi.errors`. */
  readonly errors: ErrorLog
  /** Which gateway serves this request. `wsgi.version`, `wsgi.multiprocess`. */
  readonly gateway: Gateway
}

/** How a response ended (Rack's `rack.response_finished`). */
export interface Finished {
  /** Bytes of the response body handed to the transport. */
  readonly bytes: number
  /** Milliseconds from the request's arrival to the end of the response. */
  readonly duration: number
  /** Whether the response was cut off before its end. */
  readonly aborted: boolean
  /** What cut it off, where that is known. */
  readonly error?: unknown
}

/** Where problems are reported. */
export interface ErrorLog {
  /** Reports one problem: an `Error`, which is logged whole with its stack and causes, or a line of text. */
  write(problem: unknown): void
}

/** What serves the request. */
export interface Gateway {
  /** The gateway's name, as `node:http`. */
  readonly name: string
  /** The version of the package that serves. */
  readonly version: string
  /** Whether other processes may be serving the same application at the same time. */
  readonly multiprocess: boolean
  /** The runtime's own objects for this request; each gateway documents its own. */
  readonly native: unknown
}

/** The keys that a middleware may add: any but the contract's own. */
export type Addition = { readonly [K in keyof Environ]?: never }

/**
 * Adds keys to the environ in place and returns it with the wider type: what a middleware does to provide
 * something to the application inside.
 *
 * The contract's own keys cannot be added; {@link withPath} is for the two of them that move.
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

/**
 * A copy of the environ with the path divided elsewhere: what a mount passes inward. The copy has its own keys,
 * so the outer environ never changes; the request, the signal and all that is made on first use stay shared.
 *
 * @example
 * ```ts
 * import { type Application, withPath, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const inner: Application = ({ scriptName, pathInfo }) => text(`${scriptName} ${pathInfo}`)
 * const outer: Application = (environ) => inner(withPath(environ, { scriptName: '/api', pathInfo: '/users' }))
 *
 * const response = await client(outer).get('/api/users')
 * await response.text() // => '/api /users'
 * ```
 */
export function withPath<E extends Environ>(environ: E, path: Pick<Environ, 'scriptName' | 'pathInfo'>): E {
  // What is made on first use lives on the prototype, so copying own keys copies no made thing and makes none.
  return Object.assign(Object.create(Object.getPrototypeOf(environ)), environ, path)
}
