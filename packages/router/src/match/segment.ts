/**
 * One segment of a form (the part between two slashes): the text before, between and after its parameters, so there is
 * always one more text than there are parameters. `['users']` is plain text, `['', '']` is a single parameter and
 * `['v', '-', '']` is `v:major-:minor`.
 */
export type Segment = readonly string[]

/**
 * The start and end offset of each parameter in the path, one pair after another. Matching writes each pair at the
 * number of its parameter. Pairs after the last parameter of the match are left over from earlier attempts.
 */
export type Offsets = number[]

/** Returns the offset at which the segment that starts at `start` ends. */
export function segmentEnd(path: string, start: number): number {
  const slash = path.indexOf('/', start)
  return slash === -1 ? path.length : slash
}

/** Records the offsets of the `nth` parameter. */
export function setOffsets(offsets: Offsets, nth: number, start: number, end: number): void {
  offsets[2 * nth] = start
  offsets[2 * nth + 1] = end
}

/**
 * Reports whether the text of `path` from `start` to `end` matches the segment, and records the offsets of its
 * parameters, the first of which is the `nth` parameter of the path.
 *
 * As in path-to-regexp, a parameter takes at least one character and ends at the first occurrence of the text after it;
 * the last parameter takes everything up to the final text. There is only one way to read a segment, so nothing is
 * retried and the time is linear.
 */
export function matchSegment(
  segment: Segment,
  path: string,
  start: number,
  end: number,
  nth: number,
  offsets: Offsets,
): boolean {
  const last = segment.length - 1
  const before = segment[0]!
  // The texts contain no slash, so a text that starts inside the segment also ends inside it.
  if (!path.startsWith(before, start)) return false
  let at = start + before.length
  if (last === 0) return at === end
  for (let index = 1; index < last; index++) {
    const between = segment[index]!
    const next = path.indexOf(between, at + 1)
    if (next === -1 || next >= end) return false
    setOffsets(offsets, nth + index - 1, at, next)
    at = next + between.length
  }
  const after = segment[last]!
  const stop = end - after.length
  if (stop <= at || !path.endsWith(after, end)) return false
  setOffsets(offsets, nth + last - 1, at, stop)
  return true
}

/**
 * Matches several segments, starting at `start`, just after a slash. Returns the offset at which the path continues, -1
 * if the segments do not match, and one more than the path's length if the path ends with them.
 */
export function matchSegments(
  segments: readonly Segment[],
  path: string,
  start: number,
  nth: number,
  offsets: Offsets,
): number {
  let at = start
  let next = nth
  for (const segment of segments) {
    if (at > path.length) return -1
    const end = segmentEnd(path, at)
    if (!matchSegment(segment, path, at, end, next, offsets)) return -1
    at = end + 1
    next += segment.length - 1
  }
  return at
}
