import type { FetchBody } from './types/fetch.ts'

/** A value in a query or a form. Lists are repeated, `undefined` is left out. */
export type Field = string | number | boolean | bigint | null | undefined

/** The parts of a request, whatever its route declares. */
export interface AnyInit {
  readonly params?: never
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, unknown>>
  readonly json?: unknown
  readonly form?: FormData | Readonly<Record<string, unknown>>
  readonly body?: FetchBody
  readonly signal?: AbortSignal
}

/** Returns the query of a URL, with its question mark; empty if there are no values. */
export function queryText(query: AnyInit['query'] = {}): string {
  const text = String(new URLSearchParams(pairs(query) as [string, string][]))
  return text && `?${text}`
}

/** Returns the body of a request, and sets its content type. */
export function requestBody({ json, form, body }: AnyInit, headers: Headers): FetchBody | undefined {
  if (json !== undefined) {
    headers.set('content-type', 'application/json')
    return JSON.stringify(json)
  }
  if (form === undefined || form instanceof FormData) return form ?? body
  const fields = pairs(form)
  if (!fields.some(([, value]) => value instanceof Blob))
    return new URLSearchParams(fields as [string, string][])
  const data = new FormData()
  for (const [name, value] of fields) data.append(name, value)
  return data
}

function pairs(values: Readonly<Record<string, unknown>>): [string, string | Blob][] {
  return Object.entries(values).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((each) => each !== undefined && each !== null)
      .map((each): [string, string | Blob] => [name, each instanceof Blob ? each : String(each)]),
  )
}
