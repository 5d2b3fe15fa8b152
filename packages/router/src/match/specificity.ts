/**
 * The order in which patterns are tried. It is defined on shapes: a shape is a form as one string, its text
 * percent-encoded, with a mark in place of each parameter and wildcard. Forms with the same shape match the same paths.
 */

/** Stands for a parameter. Percent-encoded text has no control characters, so it cannot be confused with text. */
export const PARAMETER = '\u0000'

/** Stands for a wildcard. */
export const WILDCARD = '\u0001'

/**
 * Compares two shapes that start at the same place; the more specific one sorts first. That is the one with the longer
 * text before its first parameter or wildcard, then the one with more text in total. Ties are broken by code units (a
 * parameter before a wildcard, both before text), so the order of the table never matters.
 */
export function compareShapes(a: string, b: string): number {
  return leadOf(b).length - leadOf(a).length || textLength(b) - textLength(a) || (a < b ? -1 : 1)
}

/** Returns the text before the first parameter or wildcard. */
export function leadOf(shape: string): string {
  return shape.split(PARAMETER, 1)[0]!.split(WILDCARD, 1)[0]!
}

function textLength(shape: string): number {
  return shape.length - count(shape, PARAMETER) - count(shape, WILDCARD)
}

function count(shape: string, mark: string): number {
  return shape.split(mark).length - 1
}
