import { type Environ, withPath } from '@tsgi/core'
import { parse, stringify, type Token } from 'path-to-regexp'
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
  const { tokens } = parse(pattern)
  if (!endsInWildcard(tokens)) return undefined
  return {
    prefix: stringify({ tokens: withoutWildcard(tokens) }),
    bare: tokens.at(-1)?.type === 'wildcard' ? undefined : stringify({ tokens: tokens.slice(0, -1) }) || '/',
  }
}

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
  const value = last.value.replace(/\/+$/, '')
  return value === '' ? before : [...before, { type: 'text', value }]
}
