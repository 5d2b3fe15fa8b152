import type { Application } from '../contract/application.ts'
import { guard } from '../response/handle.ts'

/** A part of an application that a {@link LayerObserver} can wrap. */
export interface Layer {
  /** The name of the middleware or application, or the method and pattern of a route. May be empty. */
  readonly name: string
  readonly kind: 'middleware' | 'application'
}

/**
 * Wraps a layer. Called once for each layer when it is composed. The wrapper must call the layer with the environ that it
 * gets, and return its response. The layer never throws: an error is a response, see `errorOf`.
 */
export type LayerObserver = (app: Application<never>, layer: Layer) => Application<never>

let observer: LayerObserver | undefined
const observed = new WeakSet<Application<never>>()

/**
 * Observes the layers of stacks, mounts and routers that are composed from now on, for tools that show how an application
 * works. Call it before you import the application. A later call replaces the observer, or removes it if it is `undefined`.
 * Without an observer, layers are not wrapped and cost nothing.
 *
 * @example
 * ```ts
 * import { type Middleware, stack, text } from '@tsgi/core'
 * import { observeLayers } from '@tsgi/core/gateway'
 * import { client } from '@tsgi/core/testing'
 *
 * const calls: string[] = []
 * observeLayers((app, { kind, name }) => (environ) => {
 *   calls.push(`${kind} ${name}`)
 *   return app(environ)
 * })
 * const nothing: Middleware = (app) => (environ) => app(environ)
 * const hello = () => text('Hello')
 * await client(stack(nothing)(hello)).get('/')
 * calls // => ['middleware nothing', 'application hello']
 * observeLayers(undefined)
 * ```
 */
export function observeLayers(observe: LayerObserver | undefined): void {
  observer = observe
}

/**
 * Declares an application as a layer, so that {@link observeLayers} can see it. `stack` and `mount` do this for each layer;
 * routers of your own can do it for the application of each route. Returns the same application if nothing observes.
 *
 * @example
 * ```ts
 * import { asLayer, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const hello = asLayer(() => text('Hello'), { kind: 'application', name: 'GET /hello' })
 * const response = await client(hello).get('/hello')
 * await response.text() // => 'Hello'
 * ```
 */
export function asLayer<E extends object>(app: Application<E>, layer: Layer): Application<E> {
  if (observer === undefined) return app
  const wrapped = guard(observer(guard(app), layer), app) as Application<E>
  observed.add(wrapped)
  return wrapped
}

/** Like {@link asLayer}, but leaves an application unchanged that is a layer already, such as the first one of a stack. */
export function asOneLayer<E extends object>(app: Application<E>, layer: Layer): Application<E> {
  return observed.has(app) ? app : asLayer(app, layer)
}
