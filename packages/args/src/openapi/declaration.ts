import type { Application } from '@tsgi/core'
import type { Body } from '../body/body-schema.ts'
import type { Schema } from '../schema/schema.ts'

/** What was declared of a route's arguments and responses. */
export interface Declared {
  readonly path?: Schema
  readonly query?: Schema
  readonly headers?: Schema
  readonly cookies?: Schema
  readonly body?: Body
  /** The schemas of the responses, by status. */
  readonly returns?: Readonly<Record<number, Schema>>
  /** Whether the application answers invalid arguments itself. */
  readonly onInvalid?: true
}

/** Registered, so that two copies of this package read each other's. */
const key = Symbol.for('tsgi.args.declared')

/**
 * What was declared of an application's arguments and responses by {@link args}; undefined where nothing was, or where
 * another middleware is wrapped around it.
 *
 * @example
 * ```ts
 * import { args, schemasOf } from '@tsgi/args'
 * import { text } from '@tsgi/core'
 * import { z } from 'zod'
 *
 * const Page = z.object({ page: z.coerce.number().default(1) })
 * const application = args({ query: Page })(({ args }) => text(`page ${args.query.page}`))
 * schemasOf(application)?.query === Page // => true
 * schemasOf(() => text('')) // => undefined
 * ```
 */
export function schemasOf(app: (environ: never) => unknown): Declared | undefined {
  return (app as { [key]?: Declared })[key]
}

/** The application, with what was declared of it readable by {@link schemasOf}. */
export function declare<E extends object>(app: Application<E>, declared: Declared): Application<E> {
  return Object.defineProperty(app, key, { value: declared })
}

/**
 * Two declarations of one application as one. Throws a `TypeError` for a part that is in both: the inner one would
 * hide what the outer one provides.
 */
export function join(outer: Declared, inner: Declared | undefined): Declared {
  if (inner === undefined) return outer
  for (const part of ['path', 'query', 'headers', 'cookies', 'body'] as const) {
    if (outer[part] && inner[part]) throw new TypeError(`args: ${part} is declared twice`)
  }
  return { ...outer, ...inner, ...returnsOf(outer, inner) }
}

function returnsOf(outer: Declared, inner: Declared): Pick<Declared, 'returns'> {
  return outer.returns && inner.returns ? { returns: { ...outer.returns, ...inner.returns } } : {}
}
