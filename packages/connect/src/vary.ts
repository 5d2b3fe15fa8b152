import { listElements } from '@tsgi/core/http'

/** Adds names to the value of a Vary header. */
export function mergeVary(before: unknown, added: string): string {
  const names = listElements(`${before ?? ''},${added}`)
  const unique = new Map(names.map((name) => [name.toLowerCase(), name]))
  return unique.has('*') ? '*' : [...unique.values()].join(', ')
}
