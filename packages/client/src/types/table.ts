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

/**
 * The entries of a table by whole patterns: its own, and those of the routers that are mounted in it, as `routes()` lists
 * them. At most four mounts deep, because the compiler limits how deep types may be.
 */
export type WholeTable<Table, Depth extends readonly unknown[] = []> = Depth['length'] extends 4
  ? Table
  : Table &
      All<
        {
          [P in MaybeMount<Table>]: [TableOf<Table[P]>] extends [never]
            ? never
            : Mounted<PrefixOf<P>, BareOf<P>, WholeTable<TableOf<Table[P]>, [...Depth, P]>>
        }[MaybeMount<Table>]
      >

/** A mounted table by whole patterns. */
type Mounted<Prefix extends string, Bare extends string, Table> = {
  readonly [P in keyof Table & string as P extends '/' ? Bare : `${Prefix}${P}`]: Table[P]
}

/** The entry of a table for a whole pattern. Its own entries take precedence over mounted ones. */
export type EntryOf<Table, P extends PropertyKey> = P extends keyof Table
  ? Table[P]
  : // `keyof` of the whole table would be computed for each call.
    WholeTable<Table> extends { readonly [K in P]: infer Entry }
    ? Entry
    : never

/** The patterns of a table with a wildcard. */
type MaybeMount<Table> = keyof Table & `${string}*${string}`

/** The intersection of a union. */
type All<U> = (U extends unknown ? (each: U) => void : never) extends (each: infer I) => void ? I : never

/** The paths at which a table mounts routers: `/admin` for the pattern `/admin/*rest`. */
export type MountsOf<Table> = {
  [P in MaybeMount<Table>]: [TableOf<Table[P]>] extends [never] ? never : PathOf<P>
}[MaybeMount<Table>]

/** The table of the router that is mounted at a path. */
export type TableAt<Table, Path> = {
  [P in MaybeMount<Table>]: PathOf<P> extends Path ? TableOf<Table[P]> : never
}[MaybeMount<Table>]

/** The path at which a pattern mounts an application. */
type PathOf<Mount extends string> = [BareOf<Mount>] extends [never] ? PrefixOf<Mount> : BareOf<Mount>

/** The part of a mount's pattern before the slash and the wildcard. */
type PrefixOf<Mount extends string> = Mount extends `${infer Prefix}{/{*${string}`
  ? Prefix
  : Mount extends `${infer Prefix}{/*${string}`
    ? Prefix
    : Mount extends `${infer Prefix}/{*${string}`
      ? Prefix
      : Mount extends `${infer Prefix}/*${infer Rest}`
        ? Rest extends `${string}${'/' | '}'}${string}`
          ? never
          : Prefix
        : never

/** The pattern of a mount without the wildcard; never if the mount does not match without it. */
type BareOf<Mount extends string> = Mount extends `${infer Bare}{/{*${string}`
  ? Bare
  : Mount extends `${infer Bare}{/*${string}`
    ? Bare
    : Mount extends `${infer Bare}/{*${string}`
      ? `${Bare}/`
      : never
