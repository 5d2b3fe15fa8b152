import type { Application } from '@tsgi/core'
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

/** A registered symbol, so that two copies of this package can read each other's declarations. */
const key = Symbol.for('tsgi.args.declaration')

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
  return (app as { [key]?: ArgsDeclaration })[key]
}

/**
 * Attaches a declaration to an application around another one, merged with that of the inner application. If the inner
 * application lists routes, so does the outer one, and each route has the declaration.
 */
export function declare<E extends object>(
  app: Application<E>,
  declaration: ArgsDeclaration,
  inner: AnyApplication,
): Application<E> {
  // Lists of routes show the name of the handler.
  Object.defineProperty(app, 'name', { value: inner.name })
  const declared = attach(app, joinDeclarations(declaration, schemasOf(inner)))
  if (!listsRoutes(inner)) return declared
  return Object.assign(declared, {
    routes: () => [...inner.routes()].map((route) => declareRoute(route, declaration)),
  })
}

type AnyApplication = (environ: never) => unknown
type Route = { readonly application: AnyApplication }

function listsRoutes(app: AnyApplication): app is AnyApplication & { routes(): Iterable<Route> } {
  return 'routes' in app && typeof app.routes === 'function'
}

function declareRoute<R extends Route>(route: R, declaration: ArgsDeclaration): R {
  const { application } = route
  const around: AnyApplication = (environ) => application(environ)
  return { ...route, application: attach(around, joinDeclarations(declaration, schemasOf(application))) }
}

function attach<A extends AnyApplication>(app: A, declaration: ArgsDeclaration): A {
  // Enumerable, so that `Object.assign` copies it to an application around this one.
  return Object.defineProperty(app, key, { value: declaration, enumerable: true })
}

/** Throws a `TypeError` if both declarations have the same part, because the inner value would replace the outer one. */
export function checkParts(outer: ArgsDeclaration, inner: ArgsDeclaration): void {
  for (const part of ['path', 'query', 'headers', 'cookies', 'body'] as const) {
    if (outer[part] && inner[part]) throw new TypeError(`args: ${part} is declared twice`)
  }
}

function joinDeclarations(outer: ArgsDeclaration, inner: ArgsDeclaration = {}): ArgsDeclaration {
  const responses = { ...outer.responses, ...inner.responses }
  return { ...outer, ...inner, ...(Object.keys(responses).length > 0 && { responses }) }
}
