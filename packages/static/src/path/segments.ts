/**
 * Splits a percent-encoded path and decodes each segment once. Returns `undefined` if a segment cannot be decoded, is empty
 * but not the last one, or is not {@link areServable | servable}.
 *
 * If the path ends with `/`, the last segment is empty. If the path is `''`, there are no segments.
 *
 * @param dotfiles Whether names may begin with a dot.
 */
export function parsePath(pathInfo: string, dotfiles: boolean): string[] | undefined {
  if (pathInfo === '') return []
  const segments = pathInfo.slice(1).split('/')
  if (pathInfo.includes('%')) {
    try {
      for (const [at, segment] of segments.entries()) segments[at] = decodeURIComponent(segment)
    } catch {
      return undefined
    }
  }
  const names = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  return areServable(names, dotfiles) ? segments : undefined
}

/**
 * Reports whether all segments are plain names: not empty, without `/`, `\` and NUL, and neither `.` nor `..`. A name may
 * only begin with a dot if it is `.well-known` at the top (RFC 8615), or if `dotfiles` are allowed.
 */
export function areServable(segments: readonly string[], dotfiles: boolean): boolean {
  return segments.every((segment, at) => {
    if (segment === '' || /[/\\\0]/.test(segment)) return false
    if (!segment.startsWith('.')) return true
    return dotfiles ? segment !== '.' && segment !== '..' : at === 0 && segment === '.well-known'
  })
}
