import { listElements } from '@tsgi/core/http'

/** The most fields that may select a response. */
const MAX_NAMES = 16

/** The name of a header field (RFC 9110 §5.6.2). */
export const TOKEN: RegExp = /^[\w!#$%&'*+.^`|~-]+$/

/**
 * Returns the names in a `Vary` field: in lower case, sorted, each once. Returns undefined if no request can match, because
 * it has `*`, an invalid name, or too many (RFC 9111 §4.1).
 */
export function varyNames(vary: string | null): readonly string[] | undefined {
  if (vary === null) return []
  const names = new Set(listElements(vary.toLowerCase()))
  if (names.has('*') || names.size > MAX_NAMES) return undefined
  return [...names].every((name) => TOKEN.test(name)) ? [...names].sort() : undefined
}

/** Returns both lists together; undefined if they are too many. */
export function unionOf(a: readonly string[], b: readonly string[]): readonly string[] | undefined {
  const names = new Set([...a, ...b])
  return names.size > MAX_NAMES ? undefined : [...names].sort()
}

/** Describes the part of a request that selects a response. Two requests match if their texts are the same. */
export function selectorOf(names: readonly string[], headers: Headers): string {
  return JSON.stringify(names.map((name) => [name, normalized(name, headers.get(name))]))
}

/** Their values contain no quoted text, so case and spaces mean nothing. Browsers differ in both. */
const PLAIN_LISTS: ReadonlySet<string> = new Set(['accept-encoding', 'accept-language'])

function normalized(name: string, value: string | null): string | null {
  if (value === null || !PLAIN_LISTS.has(name)) return value
  return value.toLowerCase().replace(/[\t ]+/g, '')
}
