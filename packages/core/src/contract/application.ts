import type { Environ } from './environ.ts'

/**
 * Handles one request: takes the environ, returns a WHATWG `Response` or a promise of one.
 *
 * `E` are the keys that the application needs in its environ, in addition to those of the contract. A server only accepts an
 * application that needs no other keys. An application may throw; see {@link HttpError} for the response.
 *
 * Source: PEP 3333, "The Application/Framework Side", with the Fetch standard's `Response` instead of `start_response`
 * and the iterable.
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
 * `Provides` are the keys that the middleware adds to the environ of the application inside; `Requires` are the keys that it
 * needs in its own environ. Compose several middleware with {@link stack}.
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
export interface Middleware<out Provides extends object = object, in Requires extends object = object> {
  /** Wraps an application that needs no keys other than those the middleware provides and requires. */
  <E extends Requires, S = unknown>(
    app: Application<NoInfer<E> & Provides> & Callable<S>,
  ): Application<E> & Callable<S>
  /** Wraps an application and passes its other needs through. */
  <E extends Requires, S = unknown>(
    app: Application<E & Provides> & Callable<S>,
  ): Application<E> & Callable<S>
  // The type parameters only appear in generic signatures, where inference cannot reach them. `stack` reads them from
  // these keys, which exist in types only.
  readonly [provides]?: Provides | undefined
  readonly [requires]?: ((environ: Requires) => void) | undefined
}

declare const signature: unique symbol

/**
 * Says how clients call an application: the schemas that `args` declares, or the table of a router. It only exists for the
 * compiler, and is the source of the types of `@tsgi/client`.
 */
export interface Callable<out Signature> {
  // A function, because inference through several calls would find the `undefined` of a plain optional member.
  readonly [signature]?: (() => Signature) | undefined
}

/** How clients call the application `App`; `unknown` if its type does not say. */
export type SignatureOf<App> = App extends { readonly [signature]?: (() => infer S) | undefined }
  ? S
  : unknown

/** Any middleware, whatever it provides and requires: a constraint for parameters. */
// biome-ignore lint/suspicious/noExplicitAny: neither `never` nor `object` accepts all middleware, because it both produces and consumes its keys
export type AnyMiddleware = Middleware<any, any>

/** The keys that the middleware `M` adds to the environ. */
export type ProvidesOf<M> = M extends { readonly [provides]?: infer P }
  ? Exclude<P, undefined> extends infer U extends object
    ? U
    : never
  : never

/** The keys that the middleware `M` needs in the environ. */
export type RequiresOf<M> = M extends {
  readonly [requires]?: ((environ: infer R extends object) => void) | undefined
}
  ? R
  : never
