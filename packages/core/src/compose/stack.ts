import type {
  AnyMiddleware,
  Application,
  Middleware,
  ProvidesOf,
  RequiresOf,
} from '../contract/application.ts'
import { guard } from '../response/handle.ts'

/**
 * Composes middleware left to right, the first one outermost, into one middleware.
 *
 * What the parts provide is added up; what a part requires and none before it provides becomes a requirement of
 * the whole, so that partial stacks can be shared. A part that requires what only a later part provides is a
 * compile error at that argument, and the message names the key.
 *
 * Everything is composed when the stack is applied, nothing per request. An empty stack changes nothing.
 *
 * @throws TypeError where an argument is not a function, naming its position.
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
export function stack<const M extends readonly AnyMiddleware[]>(
  ...middleware: M extends Ordered<M> ? M : Ordered<M>
): StackOf<M> {
  const layers: readonly AnyMiddleware[] = middleware
  for (const [index, layer] of layers.entries()) {
    if (typeof layer !== 'function') {
      throw new TypeError(`stack: argument ${index + 1} is ${describe(layer)}, not a middleware`)
    }
  }
  // Each layer is guarded, so that whatever throws inside reaches the layers outside as a response.
  const composed: Middleware = (app) =>
    layers.reduceRight((inner, wrap) => {
      const guarded = guard(inner)
      return guard(wrap(guarded), guarded)
    }, app)
  return composed as unknown as StackOf<M>
}

/**
 * A middleware made by {@link stack}. Beyond what every middleware does, it can be applied to an application whose
 * needs were declared beforehand: what the stack provides is subtracted, what is left is still needed outside.
 */
export interface Stack<Provides extends object = object, Requires extends object = object>
  extends Middleware<Provides, Requires> {
  <E extends Requires>(app: Application<NoInfer<E> & Provides>): Application<E>
  <Needs extends object>(app: Application<Needs>): Application<Flat<Omit<Needs, keyof Provides> & Requires>>
}

/** The stack that a tuple of middleware makes. */
export type StackOf<M extends readonly unknown[]> =
  Fold<M> extends [infer P, infer R] ? Stack<Flat<P>, Flat<R>> : never

type Flat<T> = [keyof T] extends [never] ? object : { [K in keyof T]: T[K] } & {}

type Fold<M extends readonly unknown[], P = unknown, R = unknown> = M extends readonly [
  infer First,
  ...infer Others,
]
  ? Fold<Others, P & ProvidesOf<First>, R & Omit<RequiresOf<First>, keyof P>>
  : [P, R]

type ProvidesAll<M extends readonly unknown[]> = M extends readonly [infer First, ...infer Others]
  ? ProvidesOf<First> & ProvidesAll<Others>
  : unknown

/** `M` itself where the order is right; where it is not, the argument at fault is replaced by a message. */
type Ordered<M extends readonly unknown[], Before = unknown> = M extends readonly [
  infer First,
  ...infer Others,
]
  ? [Placed<First, Before, ProvidesAll<Others>>, ...Ordered<Others, Before & ProvidesOf<First>>]
  : M

type Placed<First, Before, After> =
  Extract<Exclude<keyof RequiresOf<First>, keyof Before>, keyof After> extends infer Late
    ? [Late] extends [never]
      ? Conflict<RequiresOf<First>, Before> extends infer Other
        ? [Other] extends [never]
          ? First
          : `'${Other & string}' is provided before, but with another type than this middleware requires`
        : never
      : `'${Late & string}' is provided later in this stack: put the middleware that provides it before this one`
    : never

type Conflict<Requires, Before> = {
  [K in keyof Requires & keyof Before]: Before[K] extends Requires[K] ? never : K
}[keyof Requires & keyof Before]

function describe(value: unknown): string {
  return value === null ? 'null' : typeof value === 'object' ? 'an object' : typeof value
}
