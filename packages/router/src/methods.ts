import { type Application, asLayer, empty, HttpError } from '@tsgi/core'
import { describe } from '@tsgi/core/options'

/** Any application, called with whatever its route adds to the environ. */
export type AnyApplication = Application<never>

/** The applications of one pattern. */
export interface Methods {
  /** The applications by method, in the order of the table; `*` stands for every method. */
  readonly declared: ReadonlyMap<string, AnyApplication>
  /** Returns the application that handles a method. */
  applicationFor(method: string): AnyApplication
}

/**
 * Reads the value of one pattern in the table.
 *
 * @throws TypeError naming the pattern if it is neither an application nor an object of methods in upper case.
 */
export function readMethods(pattern: string, value: unknown): Methods {
  if (typeof value === 'function') {
    const application = value as AnyApplication
    const layer = asRoute(application, '*', pattern)
    return { declared: new Map([['*', application]]), applicationFor: () => layer }
  }
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(
      `router: '${pattern}' must map to an application or an object of methods, got ${describe(value)}`,
    )
  }
  if (Object.keys(value).length === 0) throw new TypeError(`router: '${pattern}' maps to an empty object`)
  const declared = new Map<string, AnyApplication>()
  for (const [method, application] of Object.entries(value)) {
    if (!/^[A-Z][A-Z\d_-]*$/.test(method)) {
      throw new TypeError(
        `router: '${pattern}' has '${method}', which is not a method in upper case such as 'GET'`,
      )
    }
    if (typeof application !== 'function') {
      throw new TypeError(
        `router: ${method} of '${pattern}' must be an application, got ${describe(application)}`,
      )
    }
    declared.set(method, application)
  }
  return { declared, applicationFor: dispatchByMethod(pattern, declared) }
}

function asRoute(application: AnyApplication, method: string, pattern: string): AnyApplication {
  return asLayer(application, { kind: 'application', name: `${method} ${pattern}` })
}

function dispatchByMethod(
  pattern: string,
  declared: ReadonlyMap<string, AnyApplication>,
): (method: string) => AnyApplication {
  const all = new Map<string, AnyApplication>()
  for (const [method, application] of declared) all.set(method, asRoute(application, method, pattern))
  const get = all.get('GET')
  if (get !== undefined && !declared.has('HEAD')) all.set('HEAD', get)
  const allow = [...new Set([...all.keys(), 'OPTIONS'])].join(', ')
  if (!declared.has('OPTIONS')) all.set('OPTIONS', () => empty(204, { headers: { allow } }))
  const methodNotAllowed: AnyApplication = () => {
    throw new HttpError(405, undefined, { headers: { allow } })
  }
  // Most requests are GET: they skip the lookup.
  const onGet = get ?? methodNotAllowed
  return (method) => (method === 'GET' ? onGet : (all.get(method) ?? methodNotAllowed))
}
