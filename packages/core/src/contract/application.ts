import type { Environ } from './environ.ts'

/**
 * Answers one request: takes the environ, returns a WHATWG `Response` or a promise of one.
 *
 * `E` is what the application needs in its environ beyond the contract's own keys; a server accepts only an
 * application that needs nothing more. An application MAY throw; see {@link HttpError} for what is answered.
 *
 * Source: PEP 3333, "The Application/Framework Side", with the Fetch standard's `Response` in the place of
 * `start_response` and the iterable.
 *
 * @example
 * ```ts
 * import { type Application, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const application: Application = (environ) => text(`Hello from ${environ.pathInfo}`)
 *
 * const response = await client(application).get('/world')
 * await response.text() // => 'Hello from /world'
 * ```
 */
export type Application<E extends object = object> = (environ: Environ & E) => Response | Promise<Response>

declare const provides: unique symbol
declare const requires: unique symbol

/**
 * Wraps an application in another.
 *
 * `Provides` is what it adds to the environ of the application inside, `Requires` what it needs in its own.
 * A handler written in place takes its environ from both; to apply several middleware, or one to an application
 * whose needs are declared by a named type, compose with {@link stack}, which subtracts exactly what it provides.
 *
 * Source: PEP 3333, "Middleware: Components that Play Both Sides".
 *
 * @example
 * ```ts
 * import { mapText, type Middleware, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const goodbye: Middleware = (app) => async (environ) =>
 *   mapText(await app(environ), (text) => text.replaceAll('Hello', 'Goodbye'))
 *
 * const response = await client(goodbye(() => text('Hello world'))).get('/')
 * await response.text() // => 'Goodbye world'
 * ```
 */
export interface Middleware<Provides extends object = object, Requires extends object = object> {
  <E extends Requires>(app: Application<E & Provides>): Application<E>
  // The two type parameters stand only in a generic signature, where inference cannot reach them: these keys,
  // which exist in the types alone, are how `stack` reads them back.
  readonly [provides]?: Provides
  readonly [requires]?: Requires
}

/** Any middleware, whatever it provides and requires: the constraint for a parameter that takes one. */
// biome-ignore lint/suspicious/noExplicitAny: a variable middleware is both a producer and a consumer of its keys, so neither `never` nor `object` accepts them all
export type AnyMiddleware = Middleware<any, any>

/** What the middleware `M` adds to the environ. */
export type ProvidesOf<M> = M extends { readonly [provides]?: infer P } ? Present<P> : never

/** What the middleware `M` needs in the environ. */
export type RequiresOf<M> = M extends { readonly [requires]?: infer R } ? Present<R> : never

type Present<T> = Exclude<T, undefined> extends infer U extends object ? U : never
