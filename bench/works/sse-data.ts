/**
 * What each stream of events sends: the first event at once, then one a second, until its client leaves.
 */

/** Milliseconds between two events. */
export const interval = 1000

/** The data of the event with this number; the first is 0. */
export function tick(number: number): string {
  return JSON.stringify({ tick: number, price: 100 + (number % 10), currency: 'EUR' })
}
