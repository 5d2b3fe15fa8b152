import { type Environ, withPath } from '@tsgi/core'
import { parse, stringify, type Token } from 'path-to-regexp'
import type { Form } from './match/form.ts'

/** Reports whether a pattern mounts its application: its last segment is a wildcard, or a group that ends in one. */
export function isMount(tokens: readonly Token[], forms: readonly Form[]): boolean {
  return endsInWildcard(tokens) && forms.some((form) => form.endsInWildcard)
}

/**
 * Returns the environ of a mounted application: the path before the wildcard moves from `pathInfo` to `scriptName`,
 * still percent-encoded. If the pattern matched without the wildcard, the whole path moves.
 *
 * @param rest The offset of the wildcard's match; undefined if the pattern matched without it.
 */
export function mountedEnviron<E extends Environ>(environ: E, rest: number | undefined): E {
  const { scriptName, pathInfo } = environ
  let at = rest === undefined ? pathInfo.length : rest - 1
  // SCRIPT_NAME never ends in a slash, so slashes before the wildcard stay in PATH_INFO.
  while (at > 0 && pathInfo[at - 1] === '/') at--
  return withPath(environ, { scriptName: scriptName + pathInfo.slice(0, at), pathInfo: pathInfo.slice(at) })
}

/**
 * Joins the pattern of a mount with a pattern of the router mounted there. The inner `/` matches the mount without its
 * wildcard; the result is undefined if the mount does not match without it.
 */
export function joinPatterns(mount: string, inner: string): string | undefined {
  const { tokens } = parse(mount)
  if (inner !== '/') return stringify({ tokens: withoutWildcard(tokens) }) + inner
  if (tokens.at(-1)?.type === 'wildcard') return undefined
  return stringify({ tokens: tokens.slice(0, -1) }) || '/'
}

function endsInWildcard(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)
  return last?.type === 'wildcard' || (last?.type === 'group' && endsInWildcard(last.tokens))
}

function withoutWildcard(tokens: readonly Token[]): readonly Token[] {
  const before = tokens.slice(0, -1)
  const last = tokens.at(-1)
  const inner = last?.type === 'group' ? withoutWildcard(last.tokens) : []
  return inner.length === 0 ? withoutSlash(before) : [...before, { type: 'group', tokens: inner }]
}

function withoutSlash(tokens: readonly Token[]): readonly Token[] {
  const before = tokens.slice(0, -1)
  const last = tokens.at(-1)
  if (last?.type !== 'text' || !last.value.endsWith('/')) return tokens
  return last.value === '/' ? before : [...before, { type: 'text', value: last.value.slice(0, -1) }]
}
