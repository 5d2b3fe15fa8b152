/** @throws Error with the message if the condition is false. */
export function expect(condition: boolean, message: string): void {
  if (!condition) throw new Error(`Store conformance: ${message}`)
}

/** @throws Error with both values if they differ as JSON, ignoring the order of members. */
export function expectEqual(actual: unknown, expected: unknown): void {
  const [got, wanted] = [actual, expected].map(text)
  expect(got === wanted, `expected ${wanted}, got ${got}`)
}

function text(value: unknown): string {
  return (
    JSON.stringify(value, (_, member) =>
      member !== null && typeof member === 'object'
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    ) ?? 'undefined'
  )
}
