/** Adds names to the value of a Vary header. */
export function mergeVary(before: unknown, added: string): string {
  const names = `${before ?? ''},${added}`
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const unique = new Map(names.map((name) => [name.toLowerCase(), name]))
  return unique.has('*') ? '*' : [...unique.values()].join(', ')
}
