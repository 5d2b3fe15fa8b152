import type { Key } from 'path-to-regexp'
import { matchSegments, type Segment } from './segment.ts'

/** One way to read a pattern: with each of its optional groups taken or left. */
export interface Form {
  /** The whole segments before the first one with a wildcard. */
  readonly segments: readonly Segment[]
  /** What there is from the first wildcard's segment on. */
  readonly tail: Tail | undefined
  /** The parameters and wildcards, in their order. */
  readonly keys: readonly Key[]
  /** The form with the names left out; see shape.ts. */
  readonly shape: string
  /** Whether it ends in a wildcard that is a whole segment. */
  readonly open: boolean
}

/** The end of a form, from its first wildcard's segment on. */
export type Tail =
  /** One wildcard, in `before*name after`, then segments: as many slashes follow it, so where it ends is known. */
  | { readonly before: string; readonly after: string; readonly rest: readonly Segment[] }
  /** Several wildcards, or a parameter in a wildcard's segment: path-to-regexp's expression for the whole form. */
  | { readonly regexp: RegExp }

/** The text of the parameters where `path` is of this form, undefined where it is not. */
export function matchForm({ segments, tail }: Form, path: string): string[] | undefined {
  const found: string[] = []
  const at = matchSegments(segments, path, 1, found)
  const matched = tail === undefined ? at > path.length : at !== -1 && matchTail(tail, path, at, found)
  return matched ? found : undefined
}

/** Whether `path` from `start`, just after a slash, is this tail; the text of its parameters is added to `found`. */
export function matchTail(tail: Tail, path: string, start: number, found: string[]): boolean {
  if ('regexp' in tail) {
    const match = tail.regexp.exec(path)
    if (match === null) return false
    found.splice(0, found.length, ...match.slice(1))
    return true
  }
  const { before, after, rest } = tail
  let end = path.length
  for (let slashes = rest.length; slashes > 0; slashes--) end = path.lastIndexOf('/', end - 1)
  const from = start + before.length
  const to = end - after.length
  if (from >= to || !path.startsWith(before, start) || !path.endsWith(after, end)) return false
  found.push(path.slice(from, to))
  return matchSegments(rest, path, end + 1, found) > path.length
}
