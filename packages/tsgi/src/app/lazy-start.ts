import { warn } from '../console/log.ts'

/** Returns a function that warns, once, that requests have started resources because their export was forgotten. */
export function lazyStartWarning(): (names: readonly string[]) => void {
  let hasWarned = false
  return (names) => {
    if (hasWarned) return
    hasWarned = true
    warn(
      `a request had to start ${names.join(', ')}: export the lifecycle of the application as 'lifecycle', ` +
        'so that resources start before the first request',
    )
  }
}
