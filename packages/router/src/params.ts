/**
 * The parameters of a pattern, by name: `:name` is a `string`, `*name` a `string[]`, and what stands in a group
 * `{…}` is optional. A pattern that is only known as `string` has unknown names.
 *
 * Source: path-to-regexp 9, "Parameters", "Wildcard" and "Optional".
 *
 * @example
 * ```ts
 * import type { Params } from '@tsgi/router'
 *
 * const params: Params<'/:lang/users{/:id}/files/*path'> = { lang: 'en', path: ['a', 'b'] }
 * params // => { lang: 'en', path: ['a', 'b'] }
 * ```
 */
export type Params<Pattern extends string> = string extends Pattern
  ? { [name: string]: string | string[] | undefined }
  : Flat<Scan<Pattern, unknown, []>>

type Flat<T> = { [K in keyof T]: T[K] }

/**
 * Reads the pattern up to its next special character. `Found` is the intersection of the parameters so far, `Depth`
 * has one element per open group.
 */
type Scan<S extends string, Found, Depth extends unknown[]> = S extends `${infer C}${infer Rest}`
  ? C extends ':'
    ? Name<Rest, string, Found, Depth>
    : C extends '*'
      ? Name<Rest, string[], Found, Depth>
      : C extends '{'
        ? Scan<Rest, Found, [...Depth, unknown]>
        : C extends '}'
          ? Scan<Rest, Found, Depth extends [unknown, ...infer Outer] ? Outer : []>
          : C extends '\\'
            ? Rest extends `${string}${infer After}`
              ? Scan<After, Found, Depth>
              : Found
            : Scan<Rest, Found, Depth>
  : Found

/** Reads a name, bare or quoted. */
type Name<S extends string, Value, Found, Depth extends unknown[]> = S extends `"${infer Rest}`
  ? Quoted<Rest, '', Value, Found, Depth>
  : Bare<S, '', Value, Found, Depth>

type Bare<
  S extends string,
  N extends string,
  Value,
  Found,
  Depth extends unknown[],
> = S extends `${infer C}${infer Rest}`
  ? C extends NotInName
    ? Scan<S, Found & Named<N, Value, Depth>, Depth>
    : Bare<Rest, `${N}${C}`, Value, Found, Depth>
  : Found & Named<N, Value, Depth>

type Quoted<
  S extends string,
  N extends string,
  Value,
  Found,
  Depth extends unknown[],
> = S extends `${infer C}${infer Rest}`
  ? C extends '"'
    ? Scan<Rest, Found & Named<N, Value, Depth>, Depth>
    : C extends '\\'
      ? Rest extends `${infer Escaped}${infer After}`
        ? Quoted<After, `${N}${Escaped}`, Value, Found, Depth>
        : Found
      : Quoted<Rest, `${N}${C}`, Value, Found, Depth>
  : Found

type Named<N extends string, Value, Depth extends unknown[]> = Depth extends []
  ? { [K in N]: Value }
  : { [K in N]?: Value }

/** The ASCII characters that end a bare name; every other is taken for a letter, as in an identifier. */
type NotInName =
  | ' '
  | '!'
  | '"'
  | '#'
  | '%'
  | '&'
  | "'"
  | '('
  | ')'
  | '*'
  | '+'
  | ','
  | '-'
  | '.'
  | '/'
  | ':'
  | ';'
  | '<'
  | '='
  | '>'
  | '?'
  | '@'
  | '['
  | '\\'
  | ']'
  | '^'
  | '`'
  | '{'
  | '|'
  | '}'
  | '~'
