import { type Application, empty, HttpError } from '@tsgi/core'

/** Any application, to be called with what its route has put in the environ. */
export type AnyApplication = Application<never>

/** The applications of one pattern. */
export interface Methods {
  /** Those of the table, in its order; `*` is every method. */
  readonly declared: ReadonlyMap<string, AnyApplication>
  /** What answers a method. */
  answering(method: string): AnyApplication
}

/**
 * Reads what a pattern has in the table.
 *
 * @throws TypeError, naming the pattern, where it is neither an application nor a table of methods in upper case.
 */
export function methodsOf(pattern: string, value: unknown): Methods {
  if (typeof value === 'function') {
    const application = value as AnyApplication
    return { declared: new Map([['*', application]]), answering: () => application }
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    throw new TypeError(`router: '${pattern}' must have an application, or an object of methods`)
  }
  const declared = new Map<string, AnyApplication>()
  for (const [method, application] of Object.entries(value)) {
    if (!/^[A-Z][A-Z\d_-]*$/.test(method)) {
      throw new TypeError(
        `router: '${pattern}' has '${method}', which is no method: methods are in upper case`,
      )
    }
    if (typeof application !== 'function') {
      throw new TypeError(`router: ${method} of '${pattern}' must be an application`)
    }
    declared.set(method, application)
  }
  return { declared, answering: answerer(declared) }
}

function answerer(declared: ReadonlyMap<string, AnyApplication>): (method: string) => AnyApplication {
  const all = new Map(declared)
  const get = declared.get('GET')
  if (get !== undefined && !declared.has('HEAD')) all.set('HEAD', get)
  const allow = [...new Set([...all.keys(), 'OPTIONS'])].join(', ')
  if (!declared.has('OPTIONS')) all.set('OPTIONS', () => empty(204, { headers: { allow } }))
  const refuse: AnyApplication = () => {
    throw new HttpError(405, undefined, { headers: { allow } })
  }
  // Most requests are this one, which needs no looking up.
  const usual = get ?? refuse
  return (method) => (method === 'GET' ? usual : (all.get(method) ?? refuse))
}
