import { type Application, type Environ, HttpError, type Middleware, withPath } from '@tsgi/core'
import { checkOptions, describe } from '@tsgi/core/options'

/**
 * The options of {@link methodOverride}.
 *
 * @example
 * ```ts
 * import type { MethodOverrideOptions } from '@tsgi/toolbox'
 *
 * const options: MethodOverrideOptions = { query: false, header: 'x-http-method-override' }
 * ```
 */
export interface MethodOverrideOptions {
  /** The parameter of the query that has the method; `false` for none. Default: `_method`. */
  readonly query?: string | false | undefined
  /** The request header that has the method; `false` for none. None by default. */
  readonly header?: string | false | undefined
}

/** The methods that a form cannot send. Safe methods are not among them: they would get past checks of unsafe ones. */
const METHODS = ['PUT', 'PATCH', 'DELETE']

/**
 * Treats a `POST` as a `PUT`, `PATCH` or `DELETE` if the query or a header says so, because HTML forms cannot send these:
 * `<form method="post" action="/posts/7?_method=DELETE">`.
 *
 * Only `environ.method` changes, in a copy of the environ for the application inside. `environ.request` is still the `POST`.
 *
 * @throws TypeError if an option is unknown or invalid.
 * @throws HttpError 400 if the method in the request is not one of the three, or there are several.
 *
 * @example
 * ```ts
 * import { client } from '@tsgi/core/testing'
 * import { text } from '@tsgi/core'
 * import { router } from '@tsgi/router'
 * import { methodOverride } from '@tsgi/toolbox'
 *
 * const application = methodOverride()(router({ '/posts/:id': { DELETE: () => text('deleted') } }))
 * const response = await client(application).post('/posts/7?_method=DELETE')
 * await response.text() // => 'deleted'
 * ```
 */
export function methodOverride(options: MethodOverrideOptions = {}): Middleware {
  const { query, header } = readOptions(options)

  return function methodOverride<E extends object>(app: Application<E>): Application<E> {
    return function methodOverride(environ: Environ & E) {
      if (environ.method !== 'POST') return app(environ)
      const named = [...inQuery(environ, query), ...inHeader(environ, header)]
      if (named.length === 0) return app(environ)
      const method = named[0]!.toUpperCase()
      if (named.length > 1 || !METHODS.includes(method)) {
        throw new HttpError(400, `A POST can stand for one of ${METHODS.join(', ')}.`)
      }
      const { scriptName, pathInfo } = environ
      return app(Object.assign(withPath(environ, { scriptName, pathInfo }), { method }))
    }
  }
}

function inQuery({ queryString }: Environ, parameter: string | false): readonly string[] {
  // Most requests do not name a method, and parsing costs more than searching.
  if (parameter === false || !queryString.includes('=')) return []
  return new URLSearchParams(queryString).getAll(parameter)
}

function inHeader({ headers }: Environ, name: string | false): readonly string[] {
  const value = name === false ? null : headers.get(name)
  return value === null ? [] : [value]
}

function readOptions(options: MethodOverrideOptions) {
  checkOptions('methodOverride', options, ['query', 'header'])
  const { query = '_method', header = false } = options
  if (query !== false && (typeof query !== 'string' || query === '')) {
    throw new TypeError(
      `methodOverride: query must be the name of a parameter or false, got ${describe(query)}`,
    )
  }
  if (header !== false && (typeof header !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(header))) {
    throw new TypeError(
      `methodOverride: header must be the name of a header or false, got ${describe(header)}`,
    )
  }
  return { query, header }
}
