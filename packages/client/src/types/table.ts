import type { SignatureOf } from '@tsgi/core'

/** The table of a router, even inside a stack; never if the application is not a router. */
export type TableOf<App> = SignatureOf<App> extends { readonly table: infer Table } ? Table : never

/** Any application, whatever it needs. */
type AnyApplication = (environ: never) => unknown

/** The patterns of a table that have an application for a method. */
export type PatternsFor<Table, Method extends string> = {
  [P in keyof Table & string]: Table[P] extends AnyApplication ? P : Method extends keyof Table[P] ? P : never
}[keyof Table & string]

/** The application in a table for a pattern and a method. */
export type ApplicationFor<Entry, Method extends string> = Entry extends AnyApplication
  ? Entry
  : Method extends keyof Entry
    ? Entry[Method]
    : never

/** The paths at which a table mounts routers: `/admin` for the pattern `/admin/*rest`. */
export type MountsOf<Table> = {
  [P in keyof Table & string]: [TableOf<Table[P]>] extends [never] ? never : PrefixOf<P>
}[keyof Table & string]

/** The table of the router that is mounted at a path. */
export type TableAt<Table, Prefix> = {
  [P in keyof Table & string]: PrefixOf<P> extends Prefix ? TableOf<Table[P]> : never
}[keyof Table & string]

/** The part of a mount's pattern before the wildcard. */
type PrefixOf<Pattern extends string> = Pattern extends `${infer Prefix}{/{*${string}`
  ? Prefix
  : Pattern extends `${infer Prefix}{/*${string}`
    ? Prefix
    : Pattern extends `${infer Prefix}{*${string}`
      ? Prefix
      : Pattern extends `${infer Prefix}/*${string}`
        ? Prefix
        : never
