import {
  type Application,
  type Awaitable,
  type Callable,
  chain,
  type Environ,
  extend,
  type Middleware,
  type RouteMetadata,
  withMetadata,
} from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import { type BodySchema, toBodySchema } from './body/body-schema.ts'
import { readArgsLimits } from './body/limits.ts'
import { checkArgsOptions, METADATA } from './check-options.ts'
import { invalidError } from './invalid-arguments.ts'
import { type ArgsDeclaration, checkParts, type ResponseSchemas, schemasOf } from './openapi/declaration.ts'
import type {
  AnyArgsOptions,
  ArgsOptions,
  ArgsProvides,
  ArgsRequires,
  DeclaredSchemas,
  OnInvalid,
  ValuesOf,
} from './options.ts'
import { type ParsedParts, parseParts } from './parse-parts.ts'
import { reply } from './reply.ts'
import { partReaders } from './request-parts.ts'
import { checkResponses, inDevelopment } from './responses.ts'

/**
 * The return type of {@link args}. You can apply it with a second function, which responds to invalid arguments. The environ
 * of that function is the application's, without `args`. `Declared` are the schemas, for `@tsgi/client`.
 */
export interface ArgsMiddleware<Provides extends object, Requires extends object, Values, Declared = unknown>
  extends Middleware<Provides, Requires> {
  <E extends Requires, S = unknown>(
    app: Application<Inside<E, Provides & Requires, Provides>> & Callable<S>,
    onInvalid?: OnInvalid<Values, E>,
  ): Application<E> & Callable<Declared & S>
}

/**
 * The keys of the application inside. While `E` is still unknown, the compiler has `never` for it: the function in
 * `args(…)(middleware(function))` gets its parameter from the first branch.
 */
type Inside<E, Known, Provides> = [E] extends [never] ? Known : E & Provides

/**
 * Parses and validates the declared parts of the request and adds them to the environ as `args`. If `responses` are
 * declared, it also adds `reply(status, body)`, with the types of their schemas.
 *
 * Invalid values are reported together in one 422 response, or passed to `onInvalid`. Throws `HttpError` 400 for a
 * malformed body, 413 if it is too large, and 415 for an unsupported content type.
 *
 * @throws TypeError if an option is unknown or invalid, if a schema requires a value that cannot be sent, or, when applied,
 *   if the application inside declares the same part.
 *
 * @example
 * ```ts
 * import { args } from '@tsgi/args'
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { z } from 'zod'
 *
 * const search = args({ query: z.object({ q: z.string().min(1), tag: z.array(z.string()).default([]) }) })
 * const web = client(search(({ args }) => json(args.query)))
 *
 * const response = await web.get('/?q=boats&tag=sea')
 * await response.json() // => { q: 'boats', tag: ['sea'] }
 * const invalid = await web.get('/?q=boats&q=cars')
 * const { errors } = await invalid.json()
 * errors // => [{ in: 'query', path: ['q'], code: 'repeated', message: 'Invalid input: given more than once' }]
 * ```
 */
export function args<
  P extends StandardSchemaV1 = never,
  Q extends StandardSchemaV1 = never,
  H extends StandardSchemaV1 = never,
  C extends StandardSchemaV1 = never,
  B extends StandardSchemaV1 | BodySchema = never,
  R extends ResponseSchemas = never,
  Needs extends object = object,
>(
  options: ArgsOptions<P, Q, H, C, B, R, Needs>,
): ArgsMiddleware<
  ArgsProvides<P, Q, H, C, B, R>,
  // Both are optional, so that a stack can contain several `args`.
  ArgsRequires<P, B> & NoInfer<Needs> & { readonly args?: unknown; readonly reply?: unknown },
  ValuesOf<P, Q, H, C, B>,
  DeclaredSchemas<Q, H, B, R>
> {
  checkArgsOptions(options)
  const declaration = declarationOf(options)
  const metadata = metadataIn(options)
  const readers = partReaders(declaration, readArgsLimits(options.limits))
  const { responses } = declaration
  const areResponsesChecked = responses !== undefined && inDevelopment()

  const middleware = (
    app: Application<{ args: object }>,
    onInvalid = options.onInvalid as OnInvalid<unknown, object> | undefined,
  ): Application => {
    checkParts(declaration, schemasOf(app) ?? {})
    const inner = areResponsesChecked ? checkResponses(app, responses) : app

    function parseArgs(environ: Environ & { readonly args?: object }): Awaitable<Response> {
      return chain(parseParts(readers, environ), (parsed) => respond(environ, parsed))
    }
    function respond(
      environ: Environ & { readonly args?: object },
      { values, output, errors }: ParsedParts,
    ): Awaitable<Response> {
      if (errors.length === 0) {
        const args = { ...environ.args, ...output }
        return inner(extend(environ, responses === undefined ? { args } : { args, reply }))
      }
      if (onInvalid === undefined) throw invalidError(errors)
      return onInvalid({ errors, values }, environ)
    }
    const schemas: ArgsDeclaration = { ...declaration, ...(onInvalid && { onInvalid: true }) }
    return withMetadata(parseArgs, { ...metadata, schemas }, app)
  }
  return middleware as unknown as ReturnType<typeof args<P, Q, H, C, B, R, Needs>>
}

function declarationOf({ path, query, headers, cookies, body, responses }: AnyArgsOptions): ArgsDeclaration {
  return {
    ...(path && { path }),
    ...(query && { query }),
    ...(headers && { headers }),
    ...(cookies && { cookies }),
    ...(body && { body: toBodySchema(body) }),
    ...(responses && { responses }),
  }
}

function metadataIn(options: object): RouteMetadata {
  const given = new Map(Object.entries(options))
  return Object.fromEntries(METADATA.filter((key) => given.has(key)).map((key) => [key, given.get(key)]))
}
