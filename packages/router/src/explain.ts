import type { Environ } from '@tsgi/core'
import type { MethodTable, RouteHandler } from './table.ts'

/**
 * A table that does not compile. Each application that needs a key which nothing provides becomes a message that names the
 * key and says what to do.
 *
 * `T` is the type of the table. If it is not known yet, the types of `AnyTable` stand for it, which are not checked.
 */
export type Explained<T, Provided extends object> = {
  readonly [P in keyof T]: AnyFunction extends T[P]
    ? unknown
    : T[P] extends (environ: never) => unknown
      ? ExplainedOne<T[P], RouteHandler<P & string, Provided>>
      : ExplainedMethods<T[P], RouteHandler<P & string, Provided>>
}

/**
 * The types of a table for the parameters of its handlers, but any function instead of those that may lack a key: otherwise,
 * the compiler would not look at the parameters any more.
 */
export type AnyTable<Pattern extends string, Provided extends object> = {
  readonly [P in Pattern]:
    | RouteHandler<P, Provided>
    | MethodTable<RouteHandler<P, Provided> | AnyFunction>
    | AnyFunction
}

/** The patterns of a table. */
export type Patterns<Pattern extends string> = { readonly [P in Pattern]: unknown }

type ExplainedMethods<Methods, Handler> = {
  readonly [M in keyof Methods]: M extends Uppercase<string>
    ? AnyFunction extends Methods[M]
      ? unknown
      : ExplainedOne<Methods[M], Handler>
    : 'Methods are written in upper case'
}

type ExplainedOne<App, Handler> = [MissingKeys<NeedsOf<App>, NeedsOf<Handler>>] extends [never]
  ? Handler
  : `'${MissingKeys<NeedsOf<App>, NeedsOf<Handler>> & string}' is missing: apply the middleware that provides it to this route, as in middleware(application), or to all routes, as in router(stack(…), table)`

type NeedsOf<App> = App extends (environ: infer Needs) => unknown ? Needs : object

/** The keys that an application needs and that nothing provides. */
type MissingKeys<Needs, Provided> = {
  [K in Exclude<keyof Needs, keyof Provided | keyof Environ>]-?: object extends Pick<Needs, K> ? never : K
}[Exclude<keyof Needs, keyof Provided | keyof Environ>]

/** All functions have it, but it has no parameters that the compiler could give to a handler. */
interface AnyFunction {
  readonly apply: unknown
}
