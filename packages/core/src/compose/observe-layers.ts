import type { Application } from '../contract/application.ts'
import { chain } from '../contract/chain.ts'
import { markError } from '../response/error-of.ts'
import { guard, inherit, isGuarded } from '../response/handle.ts'
import { HttpError } from '../response/http-error.ts'
import { type Layer, wrapLayers } from './layer.ts'

/**
 * Wraps a layer. Called once for each layer when it is composed. The wrapper must call the layer with the environ that it
 * gets, and return its response. The layer never throws: an error is a response, see `errorOf`.
 */
export type LayerObserver = (app: Application<never>, layer: Layer) => Application<never>

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
export function observeLayers(observer: LayerObserver | undefined): void {
  wrapLayers(observer && ((app, layer) => observe(observer, app, layer)))
}

/** Creates an application that throws and returns the same as without the observer, which sees responses only. */
function observe<E extends object>(
  observer: LayerObserver,
  app: Application<E>,
  layer: Layer,
): Application<E> {
  if (isGuarded(app)) return guard(observer(app, layer) as Application<E>, app)
  const outcomes = new WeakMap<Response, () => Response>()
  const placeholder = (outcome: () => Response, status = 500): Response => {
    const response = new Response(null, { status })
    outcomes.set(response, outcome)
    return response
  }
  const failed = (error: unknown): Response => {
    const outcome = () => {
      throw error
    }
    return markError(placeholder(outcome, statusOf(error)), error)
  }
  const checked = (returned: Response): Response =>
    isResponse(returned) ? returned : placeholder(() => returned)
  const inside: Application<E> = (environ) => {
    try {
      const returned = app(environ)
      return returned instanceof Promise ? returned.then(checked, failed) : checked(returned)
    } catch (error) {
      return failed(error)
    }
  }
  const outside = observer(inside, layer) as Application<E>
  const wrapped: Application<E> = (environ) =>
    chain(outside(environ), (response) => {
      const outcome = outcomes.get(response)
      return outcome === undefined ? response : outcome()
    })
  return inherit(wrapped, app)
}

/** Returns the status that the response to an error will have. */
function statusOf(error: unknown): number {
  try {
    return error instanceof HttpError ? new Response(null, error).status : 500
  } catch {
    // A proxy that has been revoked, or an invalid status.
    return 500
  }
}

function isResponse(value: unknown): boolean {
  try {
    return value instanceof Response
  } catch {
    return false
  }
}
