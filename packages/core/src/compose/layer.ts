import type { Application } from '../contract/application.ts'
import { guard } from '../response/handle.ts'

/** A part of an application that a `LayerObserver` can wrap. */
export interface Layer {
  /** The name of the middleware or application, or the method and pattern of a route. May be empty. */
  readonly name: string
  readonly kind: 'middleware' | 'application'
}

type WrapLayer = <E extends object>(app: Application<E>, layer: Layer) => Application<E>

let wrap: WrapLayer | undefined
const wrappers = new WeakSet<Application<never>>()

/** Makes {@link asLayer} wrap the layers that are composed from now on. `undefined` ends this. */
export function wrapLayers(wrapLayer: WrapLayer | undefined): void {
  wrap = wrapLayer
}

/**
 * Declares an application as a layer, so that `observeLayers` can see it. `stack` and `mount` do this for each layer;
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
  if (wrap === undefined) return app
  const wrapped = wrap(app, layer)
  wrappers.add(wrapped)
  return wrapped
}

/**
 * Like {@link asLayer} for an application that will be guarded. Leaves one unchanged that is a layer already, such as the
 * first one of a stack.
 */
export function asOneLayer<E extends object>(app: Application<E>, layer: Layer): Application<E> {
  return wrap === undefined || wrappers.has(app) ? app : asLayer(guard(app), layer)
}
