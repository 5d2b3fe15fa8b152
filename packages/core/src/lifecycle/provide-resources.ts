import type { AnyMiddleware, Application } from '../contract/application.ts'
import type { Environ } from '../contract/environ.ts'
import type { GatewayLifecycle } from '../contract/lifecycle.ts'
import { exchangeOf } from '../gateway/gateway-environ.ts'
import { isStartedFor, startForRequest } from './lazy-start.ts'
import type { ResourceRun } from './resource-run.ts'

/** The key of a lifecycle for its {@link ResourceRun}. */
export const runKey: unique symbol = Symbol('tsgi.resourceRun')

/** Returns a middleware that adds the values of running resources to the environ. */
export function provideResources(own: ResourceRun): AnyMiddleware {
  // biome-ignore lint/suspicious/noExplicitAny: the caller declares the keys that are added
  return (app: Application<any>) =>
    function tsgiLifecycle(environ: Environ) {
      const settings = exchangeOf(environ)?.settings
      const served = (settings?.lifecycle as Served | undefined)?.[runKey]
      // The gateway may have been given a copy with other values, or with further resources.
      const isServed = served?.includes(own) === true
      const run = isServed ? served : own
      if (run.values !== undefined && (isServed || isStartedFor(run, settings))) {
        return app(Object.assign(environ, run.values))
      }
      return startForRequest(run, environ, settings).then(() => app(Object.assign(environ, run.values)))
    }
}

type Served = GatewayLifecycle & { readonly [runKey]?: ResourceRun }
