import { type Application, metadataOf } from '@tsgi/core'
import type { StandardSchemaV1 } from '@tsgi/core/options'
import type { BodySchema } from '../body/body-schema.ts'

/** The schemas of JSON responses, by status. */
export type ResponseSchemas = Readonly<Record<number, StandardSchemaV1>>

/** The arguments and responses that {@link args} declares for an application. */
export interface ArgsDeclaration {
  readonly path?: StandardSchemaV1
  readonly query?: StandardSchemaV1
  readonly headers?: StandardSchemaV1
  readonly cookies?: StandardSchemaV1
  readonly body?: BodySchema
  readonly responses?: ResponseSchemas
  /** Present if the application itself responds to invalid arguments. */
  readonly onInvalid?: true
}

/**
 * Returns the arguments and responses that {@link args} declares for an application, even inside a `stack`. Returns
 * undefined if it declares none.
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
export function schemasOf(app: (environ: never) => unknown): ArgsDeclaration | undefined {
  const declarations = metadataOf(app as Application<never>).flatMap(({ schemas }) =>
    schemas ? [schemas] : [],
  )
  return declarations.length === 0 ? undefined : declarations.reduce(joinDeclarations)
}

/** Throws a `TypeError` if both declarations have the same part, because the inner value would replace the outer one. */
export function checkParts(outer: ArgsDeclaration, inner: ArgsDeclaration): void {
  for (const part of ['path', 'query', 'headers', 'cookies', 'body'] as const) {
    if (outer[part] && inner[part]) throw new TypeError(`args: ${part} is declared twice`)
  }
}

function joinDeclarations(outer: ArgsDeclaration, inner: ArgsDeclaration): ArgsDeclaration {
  const responses = { ...outer.responses, ...inner.responses }
  return { ...outer, ...inner, ...(Object.keys(responses).length > 0 && { responses }) }
}
