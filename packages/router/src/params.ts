/**
 * The parameters of a pattern by name: `:name` is a `string`, `*name` a `string[]`, and a parameter inside an optional
 * group `{…}` may be missing. If the pattern is only known as `string`, so are the names.
 *
 * Source: path-to-regexp 9, "Parameters", "Wildcard" and "Optional".
 *
 * @example
 * ```ts
 * import type { RouteParams } from '@tsgi/router'
 *
 * const params: RouteParams<'/:lang/users{/:id}/files/*path'> = { lang: 'en', path: ['a', 'b'] }
 * params // => { lang: 'en', path: ['a', 'b'] }
 * ```
 */
export type RouteParams<Pattern extends string> = string extends Pattern
  ? { [name: string]: string | string[] | undefined }
  : Scan<Pattern, unknown, []> extends infer Found
    ? { [Name in keyof Found]: Found[Name] }
    : never

/**
 * Reads a pattern character by character. `Found` is the intersection of the parameters so far, and `Depth` has one
 * element per open group.
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
  ? QuotedName<Rest, '', Value, Found, Depth>
  : BareName<S, '', Value, Found, Depth>

type BareName<
  S extends string,
  N extends string,
  Value,
  Found,
  Depth extends unknown[],
> = S extends `${infer C}${infer Rest}`
  ? C extends NameDelimiter
    ? Scan<S, Found & Param<N, Value, Depth>, Depth>
    : BareName<Rest, `${N}${C}`, Value, Found, Depth>
  : Found & Param<N, Value, Depth>

type QuotedName<
  S extends string,
  N extends string,
  Value,
  Found,
  Depth extends unknown[],
> = S extends `${infer C}${infer Rest}`
  ? C extends '"'
    ? Scan<Rest, Found & Param<N, Value, Depth>, Depth>
    : C extends '\\'
      ? Rest extends `${infer Escaped}${infer After}`
        ? QuotedName<After, `${N}${Escaped}`, Value, Found, Depth>
        : Found
      : QuotedName<Rest, `${N}${C}`, Value, Found, Depth>
  : Found

type Param<N extends string, Value, Depth extends unknown[]> = Depth extends []
  ? { [K in N]: Value }
  : { [K in N]?: Value }

/** The ASCII characters that end a bare name. All others are taken as part of an identifier. */
type NameDelimiter =
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
