import { matchTail } from './pattern-form.ts'
import { matchSegment, type Offsets, segmentEnd, setOffsets } from './segment.ts'
import type { Entry, Node, Segments } from './tree-node.ts'

/**
 * Finds the most specific form below `node` that matches the rest of the path, from `at` on: plain text is tried first,
 * then text with parameters, then a parameter, then wildcards. Records the offsets of the parameters, the first of which
 * is the `nth` parameter of the path.
 */
export function search<Route>(
  node: Node<Route>,
  path: string,
  at: number,
  nth: number,
  offsets: Offsets,
): Entry<Route> | undefined {
  let here = node
  let start = at
  // At the end of the path only `end` can match: a parameter is never empty.
  while (start < path.length) {
    const { nexts, first, segments } = here
    const index = path.charCodeAt(start) - first
    const next = index >= 0 && index < nexts.length ? nexts[index] : undefined
    const follows = next !== undefined && hasTextAt(path, next.text, start)
    if (segments !== undefined) {
      const entry = follows ? search(next, path, start + next.text.length, nth, offsets) : undefined
      return entry ?? searchSegments(segments, path, start, nth, offsets)
    }
    if (!follows) return undefined
    here = next
    start += next.text.length
  }
  return here.end
}

function searchSegments<Route>(
  { mixed, leads, parameter, tails }: Segments<Route>,
  path: string,
  at: number,
  nth: number,
  offsets: Offsets,
): Entry<Route> | undefined {
  const end = segmentEnd(path, at)
  for (const length of leads) {
    for (const { segment, node } of mixed.get(path.slice(at, at + length)) ?? []) {
      const entry = matchSegment(segment, path, at, end, nth, offsets)
        ? search(node, path, end, nth + segment.length - 1, offsets)
        : undefined
      if (entry !== undefined) return entry
    }
  }
  if (parameter !== undefined && at < end) {
    const entry = search(parameter, path, end, nth + 1, offsets)
    if (entry !== undefined) {
      setOffsets(offsets, nth, at, end)
      return entry
    }
  }
  for (const { tail, entry } of tails) {
    if (matchTail(tail, path, at, offsets)) return entry
  }
  return undefined
}

/** Reports whether `path` has `text` at `at`, given that the first character is the same. */
function hasTextAt(path: string, text: string, at: number): boolean {
  const { length } = text
  // Faster than `startsWith`, and than a comparison character by character for all but the shortest texts.
  return length === 1 || path.slice(at, at + length) === text
}
