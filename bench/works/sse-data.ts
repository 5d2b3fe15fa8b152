/**
 * The events of each stream: the first immediately, then one every {@link interval} until the client disconnects.
 */

/** Milliseconds between events. */
export const interval = 500

/** Returns the data of an event by its number, starting at 0. */
export function tick(number: number): string {
  return JSON.stringify({ tick: number, price: 100 + (number % 10), currency: 'EUR' })
}
