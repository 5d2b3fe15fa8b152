import { describe } from './describe.ts'

/**
 * Rejects options that a factory does not know.
 *
 * @param factory The name that the error message begins with.
 * @throws TypeError if `options` is not an object, or has a key that is not in `known`. The message suggests the
 *   closest known name.
 *
 * @example
 * ```ts
 * import { checkOptions } from '@tsgi/core/options'
 *
 * const known = ['origin', 'maxAge']
 * checkOptions('cors', { origin: '*' }, known) // => undefined
 * const check = () => checkOptions('cors', { orgin: '*' }, known)
 * try {
 *   check()
 * } catch (error) {
 *   String(error) // => "TypeError: cors: unknown option 'orgin', did you mean 'origin'?"
 * }
 * ```
 */
export function checkOptions(factory: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const hint = typeof options === 'function' ? `. Call ${factory}(…) before you pass it on` : ''
    throw new TypeError(`${factory}: options must be an object, got ${describe(options)}${hint}`)
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`${factory}: ${unknownName('option', name, known)}`)
  }
}

/** Describes an unknown name, with the closest known one or else all known names. */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  return `unknown ${kind} '${name}'${didYouMean(name, known) || `; known: ${known.join(', ')}`}`
}

/**
 * Returns the end of an error message that suggests the closest known name, or empty text if none is similar.
 *
 * @example
 * ```ts
 * import { didYouMean } from '@tsgi/core/options'
 *
 * didYouMean('sevre', ['serve', 'dev']) // => ", did you mean 'serve'?"
 * didYouMean('start', ['serve', 'dev']) // => ''
 * ```
 */
export function didYouMean(name: string, known: readonly string[]): string {
  const distances = known.map((each) => distance(name.toLowerCase(), each.toLowerCase()))
  const least = Math.min(...distances)
  const isClose = least <= Math.max(1, Math.floor(name.length / 3))
  return isClose ? `, did you mean '${known[distances.indexOf(least)]}'?` : ''
}

/** Returns the number of characters to insert, remove, replace or exchange with their neighbor. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        isExchange ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = row
    row = next
  }
  return row[b.length]!
}
