import { type Environ, withPath } from '@tsgi/core'
import { parse, stringify, type Token } from 'path-to-regexp'
import type { Form } from './match/form.ts'

/** Whether a pattern mounts its application: it ends in a wildcard, or a group that does, that is a whole segment. */
export function isMount(tokens: readonly Token[], forms: readonly Form[]): boolean {
  return endsInWildcard(tokens) && forms.some((form) => form.open)
}

/**
 * The environ of a mounted application: what its pattern matched before the wildcard has moved from `pathInfo` to
 * `scriptName`, percent-encoding kept; all of it where the pattern matched without the wildcard.
 *
 * @param rest Where what the wildcard matched begins; undefined where there was none.
 */
export function moved<E extends Environ>(environ: E, rest: number | undefined): E {
  const { scriptName, pathInfo } = environ
  let at = rest === undefined ? pathInfo.length : rest - 1
  // SCRIPT_NAME never ends in a slash: one that would end it begins PATH_INFO.
  while (at > 0 && pathInfo[at - 1] === '/') at--
  return withPath(environ, { scriptName: scriptName + pathInfo.slice(0, at), pathInfo: pathInfo.slice(at) })
}

/**
 * The whole pattern of one inside a mount: what is before the mount's wildcard and its slash, and the inner pattern. The
 * inner `/` answers where the mount's wildcard is left out; undefined where it cannot be.
 */
export function mountedPattern(mount: string, inner: string): string | undefined {
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
