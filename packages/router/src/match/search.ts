import { matchTail } from './form.ts'
import type { Entry, Node, Segments } from './node.ts'
import { matchSegment, type Places, place, segmentEnd } from './segment.ts'

/**
 * What `path` from `at` is, after this node: text is tried first, then text with parameters, then a parameter, then
 * what has a wildcard. Its parameters, of which the first is the `nth` of the path, are noted in `places`.
 */
export function search<Route>(
  node: Node<Route>,
  path: string,
  at: number,
  nth: number,
  places: Places,
): Entry<Route> | undefined {
  let here = node
  let start = at
  // Text is more specific than anything else, and a parameter is never empty.
  while (start < path.length) {
    const { nexts, first, segments } = here
    const index = path.charCodeAt(start) - first
    const next = index >= 0 && index < nexts.length ? nexts[index] : undefined
    const follows = next !== undefined && hasTextAt(path, next.text, start)
    if (segments !== undefined) {
      const entry = follows ? search(next, path, start + next.text.length, nth, places) : undefined
      return entry ?? searchSegments(segments, path, start, nth, places)
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
  places: Places,
): Entry<Route> | undefined {
  const end = segmentEnd(path, at)
  for (const length of leads) {
    for (const { segment, node } of mixed.get(path.slice(at, at + length)) ?? []) {
      const entry = matchSegment(segment, path, at, end, nth, places)
        ? search(node, path, end, nth + segment.length - 1, places)
        : undefined
      if (entry !== undefined) return entry
    }
  }
  if (parameter !== undefined && at < end) {
    const entry = search(parameter, path, end, nth + 1, places)
    if (entry !== undefined) {
      place(places, nth, at, end)
      return entry
    }
  }
  for (const { tail, entry } of tails) {
    if (matchTail(tail, path, at, places)) return entry
  }
  return undefined
}

/** Whether `text` stands in `path` at `at`, where its first character is known to stand. */
function hasTextAt(path: string, text: string, at: number): boolean {
  const { length } = text
  // Quicker than `startsWith`, and from a few characters on than comparing one by one.
  return length === 1 || path.slice(at, at + length) === text
}
