import { type Application, chain, fromFetch } from '@tsgi/core'
import type { GatewayLifecycle } from '@tsgi/core/gateway'
import { describe } from '@tsgi/core/options'
import { CommandError } from '../console/command-error.ts'

/** The exports of a module, by name. */
export type Exports = Readonly<Record<string, unknown>>

/**
 * Returns the application that a module exports as `default` or `application`, or that its `createApplication` returns.
 * Accepts an object with a `fetch` method, and promises, for each of them.
 *
 * @throws CommandError if there is none; any error that `createApplication` throws.
 */
export async function applicationOf(module: Exports, file: string): Promise<Application> {
  const places = await placesOf(module)
  for (const exports of places) {
    const application = await findIn(exports, file)
    if (application !== undefined) return application
  }
  const required = `the module must export ${kinds} as 'default' or 'application', or a function that returns one as 'createApplication'`
  throw new CommandError(`${file}: ${required}; it exports ${listed(Object.assign({}, ...places))}`, 1)
}

/**
 * Returns the resources that a module exports as `lifecycle`; undefined if it exports none.
 *
 * @throws CommandError if the export is something else.
 */
export async function lifecycleOf(module: Exports, file: string): Promise<GatewayLifecycle | undefined> {
  const [exported] = (await placesOf(module)).flatMap((exports) => exports.lifecycle ?? [])
  if (exported === undefined || isLifecycle(exported)) return exported
  throw new CommandError(
    `${file}: the export 'lifecycle' must be made by lifecycle(…), got ${describe(exported)}`,
    1,
  )
}

function isLifecycle(value: unknown): value is GatewayLifecycle {
  const { start, stop, ready } = Object(value) as Partial<GatewayLifecycle>
  return [start, stop, ready].every((method) => typeof method === 'function')
}

/** The objects that hold exports, the first one first. */
async function placesOf(module: Exports): Promise<readonly Exports[]> {
  const main: unknown = await module.default
  // Node shows the `module.exports` of a CommonJS module as `default`. Compilers put all exports into it.
  return isObject(main) && !isFetchServer(main) ? [main, module] : [module]
}

const kinds = 'an application or an object with a fetch method'

async function findIn(exports: Exports, file: string): Promise<Application | undefined> {
  for (const name of ['default', 'application']) {
    const application = toApplication(await exports[name])
    if (application !== undefined) return suspectFactory(application, `${file}: the export '${name}'`)
  }
  const { createApplication } = exports
  if (typeof createApplication !== 'function') return undefined
  const created: unknown = await createApplication()
  const application = toApplication(created)
  if (application !== undefined) return application
  throw new CommandError(`${file}: createApplication() must return ${kinds}, got ${describe(created)}`, 1)
}

function toApplication(value: unknown): Application | undefined {
  if (isFetchServer(value)) {
    return fromFetch((request, environ, context) => value.fetch(request, environ, context))
  }
  return typeof value === 'function' && !isClass(value) ? (value as Application) : undefined
}

/** Makes a factory throw when called. Only a call distinguishes it from an application that ignores its environ. */
function suspectFactory(application: Application, what: string): Application {
  if (application.length > 0 || Object.keys(application).length > 0) return application
  return (environ) =>
    chain(application(environ), (returned) => {
      if (toApplication(returned) === undefined) return returned
      throw new TypeError(`${what} returned an application. Export a factory as 'createApplication'`)
    })
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

interface FetchServer {
  readonly fetch: Parameters<typeof fromFetch>[0]
}

/** Some are functions with a `fetch` method. */
function isFetchServer(value: unknown): value is FetchServer {
  return (
    (isObject(value) || typeof value === 'function') &&
    typeof (value as Partial<FetchServer>).fetch === 'function'
  )
}

function isObject(value: unknown): value is Exports {
  return typeof value === 'object' && value !== null
}

function listed(exports: Exports): string {
  const names = Object.keys(exports).filter((name) => name !== 'module.exports' && name !== '__esModule')
  return (
    names.map((name) => `${name} (${isClass(exports[name]) ? 'class' : typeof exports[name]})`).join(', ') ||
    'nothing'
  )
}
