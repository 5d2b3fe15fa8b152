import { describe } from '@tsgi/core/options'
import type { Key, Token, TokenData } from 'path-to-regexp'
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

type Params = Readonly<Record<string, unknown>>

/** Builds the path of a pattern. */
export type BuildPath = (params?: Params) => string

/**
 * Returns the function that builds the paths of a pattern.
 *
 * It throws a TypeError if a parameter is missing or empty, or if the path would not lead back to the pattern: URL
 * parsers remove the segments `.` and `..`, and read a path that starts with `//` as the name of another host.
 */
export function pathBuilder({ tokens, originalPath: pattern }: TokenData): BuildPath {
  return (params = {}) => {
    const path = build(tokens, params, { pattern, isOptional: false }) ?? ''
    if (path.startsWith('//')) {
      throw new TypeError(`href: '${path}' starts with '//', which browsers read as the name of another host`)
    }
    if (/\/\.\.?(?:\/|$)/.test(path)) {
      throw new TypeError(`href: '${path}' contains a '.' or '..' segment, which URL parsers remove`)
    }
    return path
  }
}

interface Part {
  readonly pattern: string | undefined
  /** Whether the tokens are inside an optional group. */
  readonly isOptional: boolean
}

/** Returns the path of tokens; undefined if they are an optional group, one of whose parameters is missing. */
function build(tokens: readonly Token[], params: Params, { pattern, isOptional }: Part): string | undefined {
  let path = ''
  let isMissing = false
  // Parameters behind a missing one are checked, too.
  for (const token of tokens) {
    if (token.type === 'text') path += token.value
    else if (token.type === 'group') path += build(token.tokens, params, { pattern, isOptional: true }) ?? ''
    else {
      const value = params[token.name]
      if (isOptional && (value === undefined || value === null)) isMissing = true
      else path += encode(token, value, pattern)
    }
  }
  return isMissing ? undefined : path
}

function encode({ type, name }: Key, value: unknown, pattern: string | undefined): string {
  const segments: unknown = type === 'param' ? [value] : value
  const path =
    Array.isArray(segments) && segments.every(isWellFormed) ? segments.map(encodeURIComponent).join('/') : ''
  if (path !== '') return path
  const expected = type === 'param' ? 'text that is not empty' : 'a list of text that is not empty'
  throw new TypeError(`href: '${name}' of '${pattern}' must be ${expected}, got ${describe(value)}`)
}

/** Lone surrogates cannot be percent-encoded. */
function isWellFormed(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed()
}
