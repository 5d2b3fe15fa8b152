import type { Key } from 'path-to-regexp'
import { matchSegments, type Places, place, type Segment } from './segment.ts'

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
  /**
   * One wildcard, the `nth` of all parameters, in `before*name after`, then segments: as many slashes follow it, so where
   * it ends is known.
   */
  | {
      readonly nth: number
      readonly before: string
      readonly after: string
      readonly rest: readonly Segment[]
    }
  /**
   * Several wildcards, or a parameter in a wildcard's segment: path-to-regexp's expression for the whole form, and the
   * text before each of its groups.
   */
  | { readonly regexp: RegExp; readonly texts: readonly string[] }

/** Whether `path` is of this form; its parameters are noted in `places`. */
export function matchForm({ segments, tail }: Form, path: string, places: Places): boolean {
  const at = matchSegments(segments, path, 1, 0, places)
  return tail === undefined ? at > path.length : at !== -1 && matchTail(tail, path, at, places)
}

/** Whether `path` from `start`, just after a slash, is this tail; its parameters are noted in `places`. */
export function matchTail(tail: Tail, path: string, start: number, places: Places): boolean {
  if ('regexp' in tail) return matchRegExp(tail.regexp, tail.texts, path, places)
  const { nth, before, after, rest } = tail
  let end = path.length
  for (let slashes = rest.length; slashes > 0; slashes--) end = path.lastIndexOf('/', end - 1)
  const from = start + before.length
  const to = end - after.length
  if (from >= to) return false
  if (before !== '' && !path.startsWith(before, start)) return false
  if (after !== '' && !path.endsWith(after, end)) return false
  place(places, nth, from, to)
  return rest.length === 0 || matchSegments(rest, path, end + 1, nth + 1, places) > path.length
}

function matchRegExp(regexp: RegExp, texts: readonly string[], path: string, places: Places): boolean {
  const match = regexp.exec(path)
  if (match === null) return false
  let at = 0
  for (let nth = 0; nth + 1 < match.length; nth++) {
    const start = at + texts[nth]!.length
    at = start + match[nth + 1]!.length
    place(places, nth, start, at)
  }
  return true
}
