import { buildPath, fail, type PathParams } from './path.ts'
import { type AnyInit, fill } from './request-init.ts'
import { ResponseError } from './response-error.ts'
import type { Client } from './types/client-type.ts'
import type { FetchCredentials, FetchHeaders } from './types/fetch.ts'
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
 * Patterns may cross up to four mounts: `/admin/users/:id` for a router that is mounted at `/admin/*rest`.
 *
 * @param base The URL of the application, such as `https://example.org/api`. In browsers it may be relative: `''`.
 * @throws TypeError if the base is not text, or has credentials, a query or a fragment; if an option is unknown. The methods
 *   reject with a `TypeError` if a parameter is missing or empty, and `at` throws one.
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
  const { fetch: customFetch, headers: common, credentials, ...others } = options
  for (const name in others) fail(`unknown option ${name}`)
  // The message must not show a password.
  if (typeof base !== 'string' || /[?#]|\/\/[^/]*@/.test(base)) {
    fail('base must be a URL without credentials or query')
  }

  /** @param isMount Whether the `/` of the table is the root itself, as for a mounted router. */
  function clientAt(root: string, isMount?: boolean) {
    const urlOf = (pattern: string, params?: PathParams) =>
      isMount && pattern === '/' ? root : root.replace(/\/$/, '') + buildPath(pattern, params)

    const client: Record<string, unknown> = {
      at: (prefix: string, params?: PathParams) => clientAt(urlOf(prefix, params), true),
    }
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      client[method.toLowerCase()] = (pattern: string, init: AnyInit = {}) => {
        let request: Request
        const send = async () => {
          const query = `${fill(new URLSearchParams(), init.query)}`
          const url = urlOf(pattern, init.params) + (query && `?${query}`)
          const headers = new Headers(typeof common === 'function' ? await common() : common)
          const json = JSON.stringify(init.json)
          if (json) headers.set('content-type', 'application/json')
          fill(headers, init.headers, 0)
          request = new Request(url, {
            ...options,
            ...init,
            method,
            headers,
            body: json ?? (init.form ? fill(new FormData(), init.form) : init.body),
            // For a body that is a stream.
            duplex: 'half',
          } as RequestInit)
          return (customFetch ?? fetch)(request)
        }
        const reply = send() as Promise<Response> & { orThrow?: () => Promise<unknown> }
        reply.orThrow = async () => {
          const response = await reply
          const isJson = /[/+]json\b/i.test(response.headers.get('content-type') as string)
          const body: Promise<unknown> | undefined = isJson
            ? response.text().then((text) => (text ? JSON.parse(text) : undefined))
            : // Frees the connection.
              response.body?.cancel()
          if (response.ok) return body
          throw new ResponseError(request, response, (await body?.catch(() => {})) as never)
        }
        return reply
      }
    }
    return client
  }
  return clientAt(base) as unknown as Client<TableOf<App>>
}
