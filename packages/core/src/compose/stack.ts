import type { AnyMiddleware, Application, Callable, Middleware } from '../contract/application.ts'
import { describe } from '../options/describe.ts'
import { guard } from '../response/handle.ts'
import type { AfterList, Checked, Item, Provided, Required } from './check-order.ts'
import { asOneLayer } from './layer.ts'

/**
 * Composes middleware, the first one outermost, into one middleware.
 *
 * A stack provides all the keys that its layers provide. If a layer requires a key that no layer before it provides, the
 * stack requires that key, so you can share parts of a stack. Mistakes are compile errors at the argument that is wrong,
 * with a message that says what to do: a layer before the one that provides its key, a key that is provided twice, a
 * factory that was not called, an application among the middleware, a list that provides keys.
 *
 * An error that is thrown inside a layer reaches the layers outside as a response; see {@link handle}. Layers are composed
 * when the stack is applied, not for each request. An empty stack changes nothing.
 *
 * @throws TypeError if an argument is not a function; when the stack is applied, if it is not a middleware.
 *
 * @example
 * ```ts
 * import { extend, type Middleware, stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const user: Middleware<{ user: string }> = (app) => (environ) => app(extend(environ, { user: 'Ada' }))
 * const greeting: Middleware<{ greeting: string }, { user: string }> = (app) => (environ) =>
 *   app(extend(environ, { greeting: `Hello ${environ.user}` }))
 *
 * const web = stack(user, greeting)
 * const response = await client(web(({ greeting }) => text(greeting))).get('/')
 * await response.text() // => 'Hello Ada'
 * ```
 */
export function stack<const M extends readonly (AnyMiddleware | object)[]>(
  ...middleware: M extends Checked<M> ? M : Checked<M>
): StackOf<M> {
  const layers = middleware as readonly AnyMiddleware[]
  for (const [index, layer] of layers.entries()) {
    if (typeof layer !== 'function') {
      throw new TypeError(`stack: argument ${index + 1} must be a middleware, got ${describe(layer)}`)
    }
  }
  // Each layer is guarded, so that an error inside reaches the layers outside as a response.
  const composed = (app: AnyApplication) => {
    if (layers.length === 0) return app
    return layers.reduceRight(
      (inner, layer, index) => {
        const guarded = guard(inner)
        const wrapped = wrap(layer, guarded, index)
        return asOneLayer(guard(wrapped, guarded), { kind: 'middleware', name: layer.name || wrapped.name })
      },
      asOneLayer(app, { kind: 'application', name: app.name }),
    )
  }
  return composed as unknown as StackOf<M>
}

// biome-ignore lint/suspicious/noExplicitAny: the types were checked where the stack was made
type AnyApplication = Application<any>

/** @throws TypeError if the layer is not a middleware, such as an application. */
function wrap(layer: AnyMiddleware, app: AnyApplication, index: number): AnyApplication {
  const wrapped: unknown = layer(app)
  if (typeof wrapped === 'function') return wrapped as AnyApplication
  // An application that was mistaken for a middleware may have returned a promise that rejects.
  if (wrapped instanceof Promise) wrapped.catch(() => {})
  throw new TypeError(
    `stack: argument ${index + 1} (${layer.name || 'a function'}) must be a middleware, which returns an application, ` +
      `but it returned ${describe(wrapped)}. If it is an application, apply the stack to it: stack(…)(application)`,
  )
}

/**
 * The return type of {@link stack}. Unlike other middleware, it can be applied to an application with a declared type: the
 * keys that the stack provides are subtracted, and the result needs only the others.
 */
export interface Stack<Provides extends object = object, Requires extends object = object>
  extends Middleware<Provides, Requires> {
  <E extends Requires, S = unknown>(
    app: Application<NoInfer<E> & Provides> & Callable<S>,
  ): Application<E> & Callable<S>
  <Needs extends object, S = unknown>(
    app: Application<Needs> & Callable<S>,
  ): Application<Flat<Omit<Needs, keyof Provides> & Requires>> & Callable<S>
}

/** The type of the stack of a tuple of middleware. */
export type StackOf<M extends readonly unknown[]> =
  Fold<M> extends [infer P, infer R] ? Stack<Flat<P>, Flat<R>> : never

type Flat<T> = [keyof T] extends [never] ? object : { [K in keyof T]: T[K] } & {}

type Fold<M extends readonly unknown[], P = unknown, R = unknown> = M extends readonly [
  infer First,
  ...infer Others,
]
  ? Fold<Others, P & Provided<First>, R & Omit<Required<First>, keyof P>>
  : M extends readonly []
    ? [P, R]
    : Fold<AfterList<M>, P, R & Omit<All<Required<Item<M>>>, keyof P>>

/** The intersection of a union: what a list of middleware requires. */
type All<U> = (U extends unknown ? (each: U) => void : never) extends (each: infer I) => void ? I : never
