/**
 * One segment of a form, between two slashes: the text before, between and after its parameters, so one more text
 * than there are parameters. `['users']` is plain text, `['', '']` one parameter, `['v', '-', '']` is `v:major-:minor`.
 */
export type Segment = readonly string[]

/**
 * Where the parameters of a path are: the start and the end of each, one after another. Who matches writes them at the
 * number of the parameter; what stands after those of a match is left from something that was tried before.
 */
export type Places = number[]

/** Where the segment of `path` that begins at `start` ends. */
export function segmentEnd(path: string, start: number): number {
  const slash = path.indexOf('/', start)
  return slash === -1 ? path.length : slash
}

/** Notes where a parameter is. */
export function place(places: Places, nth: number, start: number, end: number): void {
  places[2 * nth] = start
  places[2 * nth + 1] = end
}

/**
 * Whether the segment of `path` from `start` to `end` matches; its parameters, of which the first is the `nth` of the
 * path, are noted in `places`.
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
  nth: number,
  places: Places,
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
    place(places, nth + index - 1, at, next)
    at = next + between.length
  }
  const after = segment[last]!
  const stop = end - after.length
  if (stop <= at || !path.endsWith(after, end)) return false
  place(places, nth + last - 1, at, stop)
  return true
}

/**
 * Where `path` goes on after these segments, matched from `start`, which is just after a slash; -1 where they do not
 * match, one more than the path's length where the path ends with them.
 */
export function matchSegments(
  segments: readonly Segment[],
  path: string,
  start: number,
  nth: number,
  places: Places,
): number {
  let at = start
  let next = nth
  for (const segment of segments) {
    if (at > path.length) return -1
    const end = segmentEnd(path, at)
    if (!matchSegment(segment, path, at, end, next, places)) return -1
    at = end + 1
    next += segment.length - 1
  }
  return at
}
