import { compile, type ParamData, type TokenData } from 'path-to-regexp'
import type { RouteParams } from './params.ts'

/**
 * The arguments of `Router.href` after the pattern: nothing if the pattern has no parameters, otherwise its
 * {@link RouteParams}, which may be left out if all of them are optional.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { type HrefArguments, router } from '@tsgi/router'
 *
 * const app = router({ '/': () => text('home'), '/users/:id': () => text('a user') })
 * const link = <P extends '/' | '/users/:id'>(label: string, pattern: P, ...params: HrefArguments<P>) => ({
 *   label,
 *   href: app.href<P>(pattern, ...params),
 * })
 *
 * link('Ada', '/users/:id', { id: '7' }) // => { label: 'Ada', href: '/users/7' }
 * ```
 */
export type HrefArguments<Pattern extends string> =
  // Distributes over a union of patterns: `keyof` of the union would only have the keys that all of them share.
  Pattern extends unknown
    ? [keyof RouteParams<Pattern>] extends [never]
      ? []
      : object extends RouteParams<Pattern>
        ? [params?: RouteParams<Pattern>]
        : [params: RouteParams<Pattern>]
    : never

/** Builds the path of a pattern. */
export type BuildPath = (params?: Readonly<Record<string, unknown>>) => string

/**
 * Returns the function that builds the paths of a pattern.
 *
 * It throws a TypeError if a parameter is missing or empty, or if the path would not lead back to the pattern: URL
 * parsers remove the segments `.` and `..`, and read a path that starts with `//` as the name of another host.
 */
export function pathBuilder(pattern: TokenData): BuildPath {
  const build = compile(pattern)
  return (params) => {
    let path: string
    try {
      path = build(params as ParamData)
    } catch (error) {
      const { message } = error as Error
      throw new TypeError(`href: cannot build a path for '${pattern.originalPath}': ${message}`, {
        cause: error,
      })
    }
    if (path.startsWith('//')) {
      throw new TypeError(`href: '${path}' starts with '//', which browsers read as the name of another host`)
    }
    if (/\/\.\.?(?:\/|$)/.test(path)) {
      throw new TypeError(`href: '${path}' contains a '.' or '..' segment, which URL parsers remove`)
    }
    return path
  }
}
