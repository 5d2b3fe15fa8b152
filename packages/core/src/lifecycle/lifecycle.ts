import { environKeys } from '../contract/environ-keys.ts'
import type { Resource } from '../contract/lifecycle.ts'
import { checkOptions, unknownName } from '../options/check-options.ts'
import { describe } from '../options/describe.ts'
import type { Duration } from '../options/duration.ts'
import { duration, readLimits } from '../options/limits.ts'
import { provideResources, runKey } from './provide-resources.ts'
import { ResourceRun } from './resource-run.ts'
import type { Resources, Values } from './start-resources.ts'
import type { Flat, Lifecycle, ManyResources, OneResource } from './types.ts'

/** The options of {@link lifecycle}. */
export interface LifecycleOptions {
  /** The maximum time to start one resource. Default: `'30s'`. */
  readonly startTimeout?: Duration
  /** The maximum time to stop one resource. Default: `'10s'`. */
  readonly stopTimeout?: Duration
}

/**
 * Describes the resources of an application, such as a database connection pool: how they start, stop and whether they
 * are ready. Returns a middleware that adds their values to the environ, typed.
 *
 * Give it to the gateway, too: as the export `lifecycle` of the module for `tsgi serve` and `tsgi dev`, or as an option
 * for `serve` and the test client. The gateway starts the resources in order before the first request, once per process,
 * and stops them in reverse after the last response. A gateway that is not given the lifecycle starts it at the first
 * request; while that fails, each request gets status 503, and the gateway tries again after 1 s.
 *
 * The resources of one object do not see each other. Use `and` for a resource that needs another: its `start` gets the
 * values of those before it. If the `start` of a resource has parameters, TypeScript only knows the value in `stop` and
 * `ready` if the object has a single resource.
 *
 * @throws TypeError if a resource is invalid, or its name belongs to the contract; if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { lifecycle, stack, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const resources = lifecycle({
 *   db: { start: async () => new Map([['Ada', 'Lovelace']]), stop: (db) => db.clear() },
 * }).and({
 *   names: { start: (_, { db }) => ({ find: (name: string) => db.get(name) ?? 'unknown' }) },
 * })
 *
 * const application = stack(resources)(({ names }) => text(names.find('Ada')))
 *
 * await using web = client(application, { lifecycle: resources })
 * const response = await web.get('/')
 * await response.text() // => 'Lovelace'
 * ```
 */
export function lifecycle<Name extends string, Value>(
  resources: OneResource<Name, Value, object>,
  options?: LifecycleOptions,
): Lifecycle<{ [N in Name]: Value }>
export function lifecycle<Resources extends object>(
  resources: ManyResources<Resources, object>,
  options?: LifecycleOptions,
): Lifecycle<Flat<Resources>>
export function lifecycle(resources: object, options: LifecycleOptions = {}): Lifecycle {
  checkOptions('lifecycle', options, ['startTimeout', 'stopTimeout'])
  const timeouts = readLimits('lifecycle', options, {
    startTimeout: duration('30s', 1),
    stopTimeout: duration('10s'),
  })
  return toLifecycle(new ResourceRun(checked(resources, new Map()), timeouts))
}

function toLifecycle(run: ResourceRun): Lifecycle {
  const { resources, stopTimeout } = run
  return Object.assign(provideResources(run), {
    [runKey]: run,
    names: run.names,
    stopTimeout,
    start: run.start.bind(run),
    stop: run.stop.bind(run),
    ready: run.ready.bind(run),
    waitingFor: run.waitingFor.bind(run),
    and: (more: object) => toLifecycle(run.extend(checked(more, resources))),
    with: (values: Values) => toLifecycle(run.replace(checkedNames(values, resources))),
  }) as unknown as Lifecycle
}

/** Returns the resources in `before` and those in `more`. */
function checked(more: object, before: Resources): Resources {
  if (typeof more !== 'object' || more === null || Array.isArray(more)) {
    throw new TypeError(`lifecycle: the resources must be an object, got ${describe(more)}`)
  }
  const all = new Map(before)
  for (const [name, resource] of Object.entries(more) as [string, Resource<unknown>][]) {
    if ((environKeys as readonly string[]).includes(name)) {
      throw new TypeError(
        `lifecycle: '${name}' belongs to the contract, choose another name for the resource`,
      )
    }
    if (all.has(name)) throw new TypeError(`lifecycle: there is already a resource named '${name}'`)
    checkOptions(`lifecycle: ${name}`, resource, ['start', 'stop', 'ready'])
    for (const method of ['start', 'stop', 'ready'] as const) {
      const value: unknown = resource[method]
      if (typeof value === 'function' || (value === undefined && method !== 'start')) continue
      throw new TypeError(`lifecycle: ${name}.${method} must be a function, got ${describe(value)}`)
    }
    all.set(name, resource)
  }
  return all
}

function checkedNames(values: Values, resources: Resources): Values {
  const known = [...resources.keys()]
  for (const name of Object.keys(values)) {
    if (!resources.has(name)) throw new TypeError(`lifecycle: ${unknownName('resource', name, known)}`)
  }
  return values
}
