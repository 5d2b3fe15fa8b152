/**
 * One segment of a form, between two slashes: the text before, between and after its parameters, so one more text
 * than there are parameters. `['users']` is plain text, `['', '']` one parameter, `['v', '-', '']` is `v:major-:minor`.
 */
export type Segment = readonly string[]

/** Where the segment of `path` that begins at `start` ends. */
export function segmentEnd(path: string, start: number): number {
  const slash = path.indexOf('/', start)
  return slash === -1 ? path.length : slash
}

/**
 * Whether the segment of `path` from `start` to `end` matches; the text of its parameters is added to `found`.
 *
 * As path-to-regexp has it, a parameter takes at least one character and ends where the text after it first occurs,
 * and the last one takes all that the text after it leaves. So there is one way to read a segment, nothing is tried
 * again, and the time is linear.
 */
export function matchSegment(
  segment: Segment,
  path: string,
  start: number,
  end: number,
  found: string[],
): boolean {
  const last = segment.length - 1
  const before = segment[0]!
  // No text holds a slash, so text that begins inside the segment ends inside it.
  if (!path.startsWith(before, start)) return false
  let at = start + before.length
  if (last === 0) return at === end
  for (let index = 1; index < last; index++) {
    const between = segment[index]!
    const next = path.indexOf(between, at + 1)
    if (next === -1 || next >= end) return false
    found.push(path.slice(at, next))
    at = next + between.length
  }
  const after = segment[last]!
  const stop = end - after.length
  if (stop <= at || !path.endsWith(after, end)) return false
  found.push(path.slice(at, stop))
  return true
}

/**
 * Where `path` goes on after these segments, matched from `start`, which is just after a slash; -1 where they do not
 * match, one more than the path's length where the path ends with them. After a failure `found` may hold more than
 * before: who tries again cuts it back.
 */
export function matchSegments(
  segments: readonly Segment[],
  path: string,
  start: number,
  found: string[],
): number {
  let at = start
  for (const segment of segments) {
    if (at > path.length) return -1
    const end = segmentEnd(path, at)
    if (!matchSegment(segment, path, at, end, found)) return -1
    at = end + 1
  }
  return at
}
