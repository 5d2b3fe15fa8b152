import type { FetchBody } from './types/fetch.ts'

/** Values by name: an object, or an iterable such as `Headers` and `URLSearchParams`. */
type Values = Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]>

/** The parts of a request, whatever its route declares. */
export interface AnyInit {
  readonly params?: never
  readonly query?: Values
  readonly headers?: Values
  readonly json?: unknown
  readonly form?: FormData | Values
  readonly body?: FetchBody
  readonly signal?: AbortSignal
}

/**
 * Adds values to headers, a query or a form, and returns it. Dates are sent in ISO 8601, `undefined` and `null` are left out.
 *
 * @param depth 1 to add the values of a list one by one, 0 to set headers, which are lists already.
 */
export function fill<T extends Headers | URLSearchParams | FormData>(
  target: T,
  values: Values = {},
  depth: 0 | 1 = 1,
): T {
  for (const [name, value] of Symbol.iterator in values ? values : Object.entries(values)) {
    for (const each of [value].flat(depth)) {
      if (each === undefined || each === null) continue
      target[depth ? 'append' : 'set'](name, (each as Partial<Date>).toJSON?.() ?? (each as string))
    }
  }
  return target
}
