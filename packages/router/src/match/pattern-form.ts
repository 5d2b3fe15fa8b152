import type { Key } from 'path-to-regexp'
import { matchSegments, type Offsets, type Segment, setOffsets } from './segment.ts'

/** One reading of a pattern, with each of its optional groups either taken or left out. */
export interface Form {
  /** The segments before the first one that contains a wildcard. */
  readonly segments: readonly Segment[]
  /** Everything from the segment with the first wildcard on; undefined if there is no wildcard. */
  readonly tail: Tail | undefined
  /** The parameters and wildcards, in order. */
  readonly keys: readonly Key[]
  /** The form without the names of its parameters; see specificity.ts. */
  readonly shape: string
  /** Whether the last segment is a wildcard and nothing else. */
  readonly endsInWildcard: boolean
}

/** The end of a form, from the segment with its first wildcard on. */
export type Tail =
  /**
   * One wildcard, the `nth` of all parameters, in a segment `before*name after`, followed by the segments of `rest`. The
   * number of slashes after the wildcard is known, and so is the place where it ends.
   */
  | {
      readonly nth: number
      readonly before: string
      readonly after: string
      readonly rest: readonly Segment[]
    }
  /**
   * Several wildcards, or a parameter in the same segment as a wildcard: path-to-regexp's expression for the whole form,
   * and the text before each of its groups.
   */
  | { readonly regexp: RegExp; readonly texts: readonly string[] }

/** Reports whether `path` has this form, and records the offsets of its parameters. */
export function matchForm({ segments, tail }: Form, path: string, offsets: Offsets): boolean {
  const at = matchSegments(segments, path, 1, 0, offsets)
  return tail === undefined ? at > path.length : at !== -1 && matchTail(tail, path, at, offsets)
}

/** Reports whether `path` from `start`, just after a slash, matches the tail, and records the offsets of its parameters. */
export function matchTail(tail: Tail, path: string, start: number, offsets: Offsets): boolean {
  if ('regexp' in tail) return matchRegExp(tail.regexp, tail.texts, path, offsets)
  const { nth, before, after, rest } = tail
  let end = path.length
  for (let slashes = rest.length; slashes > 0; slashes--) end = path.lastIndexOf('/', end - 1)
  const from = start + before.length
  const to = end - after.length
  if (from >= to) return false
  if (before !== '' && !path.startsWith(before, start)) return false
  if (after !== '' && !path.endsWith(after, end)) return false
  setOffsets(offsets, nth, from, to)
  return rest.length === 0 || matchSegments(rest, path, end + 1, nth + 1, offsets) > path.length
}

function matchRegExp(regexp: RegExp, texts: readonly string[], path: string, offsets: Offsets): boolean {
  const match = regexp.exec(path)
  if (match === null) return false
  let at = 0
  for (let nth = 0; nth + 1 < match.length; nth++) {
    const start = at + texts[nth]!.length
    at = start + match[nth + 1]!.length
    setOffsets(offsets, nth, start, at)
  }
  return true
}
