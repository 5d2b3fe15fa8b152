import { type Environ, withPath } from '@tsgi/core'
import type { Form } from './match/pattern-form.ts'

/** A pattern that mounts its application: its last segment is a wildcard, or an optional group that ends in one. */
export interface Mount {
  /** The pattern up to the wildcard, without the slash before it: the start of every pattern inside the mount. */
  readonly prefix: string
  /** The pattern without the wildcard; undefined if the mount does not match without it. */
  readonly bare: string | undefined
}

/** Returns what a pattern mounts; undefined if it is not a mount. */
export function mountOf(pattern: string, forms: readonly Form[]): Mount | undefined {
  if (!forms.some((form) => form.endsInWildcard)) return undefined
  const { offset, groups } = lastWildcard(pattern)
  if (!ONLY_WILDCARD.test(pattern.slice(offset))) return undefined
  const bare = groups.length === 0 ? undefined : pattern.slice(0, groups[0]) || '/'
  let prefix = pattern.slice(0, offset).replace(/\/+$/, '')
  // Groups that would be empty without the wildcard, and the slashes before them.
  while (prefix.length - 1 === groups.at(-1)) prefix = prefix.slice(0, groups.pop()).replace(/\/+$/, '')
  return { prefix: prefix + '}'.repeat(groups.length), bare }
}

/** Returns the offsets of the last wildcard of a pattern, and of the groups around it. */
function lastWildcard(pattern: string): { readonly offset: number; readonly groups: number[] } {
  let last = { offset: pattern.length, groups: [] as number[] }
  const groups: number[] = []
  for (const { 0: part, index } of pattern.matchAll(PARTS)) {
    if (part.startsWith('*')) last = { offset: index, groups: [...groups] }
    else if (part === '{') groups.push(index)
    else if (part === '}') groups.pop()
  }
  return last
}

/** Escaped characters, parameters with quoted names, and all other characters. */
const PARTS = /\\.|[:*]"(?:\\.|[^"\\])*"|./gsu
const ONLY_WILDCARD = /^\*(?:[$\p{IDC}\u200c-\u200d]+|".*")\}*$/su

/**
 * Returns the environ of a mounted application: the path before the wildcard moves from `pathInfo` to `scriptName`,
 * still percent-encoded. If the pattern matched without the wildcard, the whole path moves.
 *
 * @param rest The offset of the wildcard's match; undefined if the pattern matched without it.
 */
export function mountedEnviron<E extends Environ>(
  environ: E,
  { prefix, bare = prefix }: Mount,
  rest: number | undefined,
): E {
  const { scriptName, pathInfo } = environ
  let at = rest === undefined ? pathInfo.length : rest - 1
  // SCRIPT_NAME never ends in a slash, so slashes before the wildcard stay in PATH_INFO.
  while (at > 0 && pathInfo[at - 1] === '/') at--
  const path = { scriptName: scriptName + pathInfo.slice(0, at), pathInfo: pathInfo.slice(at) }
  return withPath(environ, path, rest === undefined ? bare.replace(/\/$/, '') : prefix)
}

/**
 * Joins the pattern of a mount with a pattern of the router mounted there. The inner `/` matches the mount without its
 * wildcard; the result is undefined if the mount does not match without it.
 */
export function joinPatterns({ prefix, bare }: Mount, inner: string): string | undefined {
  return inner === '/' ? bare : prefix + inner
}
