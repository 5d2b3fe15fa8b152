/**
 * A shape is a pattern's form with the names of its parameters left out, as one string: its text, percent-encoded,
 * with a mark for each parameter and wildcard. Forms of one shape match the same paths.
 */

/** Stands for a parameter. Encoded text holds no control character, so this one is free, and first in order. */
export const PARAMETER = '\u0000'

/** Stands for a wildcard. */
export const WILDCARD = '\u0001'

/**
 * Orders two shapes that begin at the same place, the more specific first: the one with the longer text before its
 * first parameter or wildcard, then the one with more text in all. What differs in neither is ordered by its code
 * units, in which a parameter is before a wildcard, and both before text: the order of a table never matters.
 */
export function compareShapes(a: string, b: string): number {
  return leadOf(b).length - leadOf(a).length || textLength(b) - textLength(a) || (a < b ? -1 : 1)
}

/** The text before the first parameter or wildcard. */
export function leadOf(shape: string): string {
  return shape.split(PARAMETER, 1)[0]!.split(WILDCARD, 1)[0]!
}

function textLength(shape: string): number {
  return shape.length - count(shape, PARAMETER) - count(shape, WILDCARD)
}

function count(shape: string, mark: string): number {
  return shape.split(mark).length - 1
}
