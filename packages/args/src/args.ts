import { type Application, type Awaitable, chain, type Environ, extend, type Middleware } from '@tsgi/core'
import { type Body, bodyOf } from './body/body-schema.ts'
import { checkLimits } from './body/limits.ts'
import {
  fromIssues,
  fromRepeated,
  type InvalidArgument,
  invalidError,
  type Part,
} from './invalid-arguments.ts'
import { type Declared, declare, join, schemasOf } from './openapi/declaration.ts'
import {
  type AnyOptions,
  type ArgsOf,
  type ArgsOptions,
  checkOptions,
  type OnInvalid,
  type RequiresOf,
  type ValuesOf,
} from './options.ts'
import { type PartReader, partReaders } from './request-parts.ts'
import { checkReturns, inDevelopment } from './responses.ts'
import type { Schema } from './schema/schema.ts'

/**
 * A middleware made by {@link args}. Applied, it takes a second function beside the application: `onInvalid` in place,
 * whose environ is the application's own but for `args`.
 */
export interface ArgsMiddleware<Provides extends object, Requires extends object, Values>
  extends Middleware<Provides, Requires> {
  <E extends Requires>(app: Application<E & Provides>, onInvalid?: OnInvalid<Values, E>): Application<E>
}

/**
 * Adds `args` to the environ: the parts of the request that were declared, each parsed and validated by its schema.
 *
 * What is invalid, in any part, is answered by one 422 with an `errors` array, or by `onInvalid`; what is malformed
 * by a 400, a body that is too large by a 413, one of another type by a 415. These are thrown as `HttpError`.
 *
 * @throws TypeError where an option is none, where a name in `headers` is not in lower case, or, when applied, where
 *   the application inside declares the same part.
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
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  H extends Schema | undefined = undefined,
  C extends Schema | undefined = undefined,
  B extends Schema | Body | undefined = undefined,
  Needs extends object = object,
>(
  options: ArgsOptions<P, Q, H, C, B, Needs>,
): ArgsMiddleware<
  { args: ArgsOf<P, Q, H, C, B> },
  // Optional: several `args` of a stack add up.
  RequiresOf<P> & Needs & { readonly args?: unknown },
  ValuesOf<P, Q, H, C, B>
> {
  checkOptions(options)
  const declared = declaredBy(options)
  const readers = partReaders(declared, checkLimits(options.limits))
  const { returns } = declared
  const returnsAreChecked = returns !== undefined && inDevelopment()

  const middleware = (
    app: Application<{ args: object }>,
    onInvalid = options.onInvalid as OnInvalid<unknown, object> | undefined,
  ): Application => {
    const all = join({ ...declared, ...(onInvalid && { onInvalid: true }) }, schemasOf(app))
    const inner = returnsAreChecked ? checkReturns(app, returns) : app

    function answered(found: Parsed, environ: Environ & { readonly args?: object }): Answer {
      const { values, output, errors } = found
      if (errors.length === 0) {
        const { args } = environ
        return inner(extend(environ, { args: args === undefined ? output : { ...args, ...output } }))
      }
      if (onInvalid === undefined) throw invalidError(errors)
      return onInvalid({ errors, values }, environ)
    }

    function parsed(environ: Environ): Answer {
      return chain(parse(readers, environ), (found) => answered(found, environ))
    }
    return declare(parsed, all)
  }
  return middleware as unknown as ReturnType<typeof args<P, Q, H, C, B, Needs>>
}

type Answer = ReturnType<Application>

/** What came of the parts that were declared. */
interface Parsed {
  /** As they came. */
  readonly values: Partial<Record<Part, unknown>>
  /** As their schemas made them. */
  readonly output: Partial<Record<Part, unknown>>
  readonly errors: InvalidArgument[]
}

/** Reads and validates every part, so that all that is wrong is told at once. */
function parse(
  readers: readonly PartReader[],
  environ: Environ,
  first = 0,
  parsed: Parsed = { values: {}, output: {}, errors: [] },
): Awaitable<Parsed> {
  for (let at = first; at < readers.length; at++) {
    const added = add(readers[at]!, environ, parsed)
    if (added instanceof Promise) return added.then(() => parse(readers, environ, at + 1, parsed))
  }
  return parsed
}

function add({ part, read, validate }: PartReader, environ: Environ, parsed: Parsed): Awaitable<void> {
  const { values, output, errors } = parsed
  return chain(read(environ), ({ value, repeated }) => {
    values[part] = value ?? {}
    errors.push(...fromRepeated(part, repeated))
    return chain(validate(value), (result) => {
      if (result.success) output[part] = result.data
      else errors.push(...fromIssues(part, result.error.issues))
    })
  })
}

function declaredBy({ path, query, headers, cookies, body, returns }: AnyOptions): Declared {
  return {
    ...(path && { path }),
    ...(query && { query }),
    ...(headers && { headers }),
    ...(cookies && { cookies }),
    ...(body && { body: bodyOf(body) }),
    ...(returns && { returns }),
  }
}
