import { compile, type ParamData, type TokenData } from 'path-to-regexp'
import type { Params } from './params.ts'

/** What `href` takes after the pattern: its parameters, or nothing where it has none. */
export type HrefArguments<Pattern extends string> =
  // For one pattern at a time: of a union of patterns there are only the keys that all of them have.
  Pattern extends unknown
    ? [keyof Params<Pattern>] extends [never]
      ? []
      : object extends Params<Pattern>
        ? [params?: Params<Pattern>]
        : [params: Params<Pattern>]
    : never

/**
 * Makes the function that makes a pattern's paths.
 *
 * It throws a TypeError where a parameter is missing or empty, and where the path would not come back as it is: a
 * segment `.` or `..` is taken out of every URL, and a path that begins with `//` would name another host.
 */
export function hrefOf(pattern: TokenData): (params?: Readonly<Record<string, unknown>>) => string {
  const make = compile(pattern)
  return (params) => {
    // `compile` checks each value itself.
    const path = make(params as ParamData)
    if (path.startsWith('//')) throw new TypeError(`href: '${path}' would name another host`)
    if (/\/\.\.?(?:\/|$)/.test(path))
      throw new TypeError(`href: '${path}' has a '.' or '..', which no URL keeps`)
    return path
  }
}
