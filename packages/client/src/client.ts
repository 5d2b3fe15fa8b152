import { buildPath, type PathParams } from './path.ts'
import { type AnyInit, queryText, requestBody } from './request-init.ts'
import { ResponseError } from './response-error.ts'
import type { Client } from './types/client-type.ts'
import type { FetchCredentials, FetchHeaders } from './types/fetch.ts'
import type { ProblemDetails } from './types/problem-details.ts'
import type { TableOf } from './types/table.ts'

/** The options of {@link createClient}. */
export interface ClientOptions {
  /** Sends a request. Default: the global `fetch`. For tests, `toFetch(application)` of `@tsgi/core`. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Headers of every request, or a function that returns them for each one. */
  readonly headers?: FetchHeaders | (() => FetchHeaders | Promise<FetchHeaders>)
  /** Whether to send cookies, as for `fetch`. */
  readonly credentials?: FetchCredentials
}

/**
 * Creates a client whose methods take the patterns of a router's table and know the parameters, bodies and responses of
 * each route. Its types come from the type of the application: `import type` keeps the server's code out of the client.
 *
 * The methods return the response, whatever its status. Their promise has a method `orThrow`, which returns the JSON of a
 * response with a status of 2xx, and throws a {@link ResponseError} for any other.
 *
 * @param base The URL of the application, such as `https://example.org/api`. In browsers it may be relative: `''`.
 * @throws TypeError if the base is not text or an option is unknown. The methods throw a `TypeError` if a parameter is missing or empty.
 *
 * @example
 * ```ts
 * import { args } from '@tsgi/args'
 * import { createClient } from '@tsgi/client'
 * import { toFetch } from '@tsgi/core'
 * import { router } from '@tsgi/router'
 * import { z } from 'zod'
 *
 * const application = router({
 *   '/users/:id': {
 *     GET: args({ responses: { 200: z.object({ id: z.string(), name: z.string() }) } })(({ params, reply }) =>
 *       reply(200, { id: params.id, name: 'Ada' }),
 *     ),
 *   },
 * })
 *
 * const api = createClient<typeof application>('http://localhost', { fetch: toFetch(application) })
 * const user = await api.get('/users/:id', { params: { id: '7' } }).orThrow()
 * user.name // => 'Ada'
 * ```
 */
export function createClient<App>(base: string, options: ClientOptions = {}): Client<TableOf<App>> {
  if (typeof base !== 'string') throw new TypeError(`createClient: base must be a URL, got ${typeof base}`)
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`createClient: unknown option '${unknown}'`)
  }
  return clientAt(base, options, false) as unknown as Client<TableOf<App>>
}

const OPTIONS = ['fetch', 'headers', 'credentials']

/** @param isMount Whether the `/` of the table is the root itself, as for a mounted router. */
function clientAt(root: string, options: ClientOptions, isMount: boolean) {
  const urlOf = (pattern: string, params?: PathParams) => root.replace(/\/$/, '') + buildPath(pattern, params)
  const method =
    (name: string) =>
    (pattern: string, init: AnyInit = {}) => {
      const url = isMount && pattern === '/' ? root : urlOf(pattern, init.params)
      const request = createRequest(name, url, init, options)
      const response = request.then((request) => (options.fetch ?? fetch)(request))
      return Object.assign(response, { orThrow: async () => bodyOf(await response, await request) })
    }
  return {
    get: method('GET'),
    head: method('HEAD'),
    post: method('POST'),
    put: method('PUT'),
    patch: method('PATCH'),
    delete: method('DELETE'),
    at: (prefix: string, params?: PathParams) => clientAt(urlOf(prefix, params), options, true),
  }
}

async function createRequest(
  method: string,
  url: string,
  init: AnyInit,
  { headers: common, credentials }: ClientOptions,
): Promise<Request> {
  const headers = new Headers(typeof common === 'function' ? await common() : common)
  for (const [name, value] of Object.entries(init.headers ?? {})) {
    if (value !== undefined) headers.set(name, String(value))
  }
  const body = requestBody(init, headers)
  const { signal } = init
  return new Request(url + queryText(init.query), {
    method,
    headers,
    body,
    credentials,
    signal,
  } as RequestInit)
}

async function bodyOf(response: Response, request: Request): Promise<unknown> {
  const isJson = /[/+]json\b/i.test(response.headers.get('content-type') ?? '')
  const body: Promise<ProblemDetails> | undefined =
    isJson && request.method !== 'HEAD' ? response.json() : undefined
  if (response.ok) return body
  throw new ResponseError(request, response, await body?.catch(() => undefined))
}
