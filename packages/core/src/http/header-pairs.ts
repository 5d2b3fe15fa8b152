/**
 * Header fields as plain data: names and values in turn, names in lower case, a name that has several values several
 * times. That is how a light response keeps them until someone asks for a `Headers`, and how gateways write them.
 *
 * Only what a `Headers` would keep letter for letter is kept so. What it would join, trim or refuse is left to it: the
 * functions here then return undefined.
 */
import type { HeaderInit } from './header-init.ts'

export type HeaderPairs = readonly string[]

/** Header fields to change: a value replaces, a list gives several lines, `null` removes. */
export type HeaderChanges =
  | Headers
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | null>>

const NONE: HeaderPairs = []

/** The header fields of a response's init, where they are a record of plain ones. */
export function toPairs(init: HeaderInit | undefined): HeaderPairs | undefined {
  if (init === undefined) return NONE
  if (init instanceof Headers || Symbol.iterator in init) return undefined
  const pairs: string[] = []
  for (const name of Object.keys(init)) {
    const value = (init as Record<string, string>)[name]!
    const lower = plainName(name)
    // `Headers` joins what differs in case alone.
    if (lower === undefined || !isPlainValue(value) || hasName(pairs, lower)) return undefined
    pairs.push(lower, value)
  }
  return pairs
}

/** The header fields with some of them changed, where the changes are a record of plain ones. */
export function changePairs(pairs: HeaderPairs, changes: HeaderChanges): HeaderPairs | undefined {
  if (changes instanceof Headers || Symbol.iterator in changes) return undefined
  const names = Object.keys(changes)
  let changed = pairs
  for (let at = 0; at < names.length; at++) {
    const name = names[at]!
    const value = changes[name]!
    const lower = plainName(name)
    if (lower === undefined) return undefined
    // `Headers` joins what differs in case alone.
    for (let before = 0; before < at; before++) if (plainName(names[before]!) === lower) return undefined
    if ((value === null || lower !== 'set-cookie') && hasName(changed, lower)) {
      changed = withoutNames(changed, [lower])
    }
    if (value === null) continue
    for (const each of typeof value === 'string' ? [value] : value) {
      if (!isPlainValue(each)) return undefined
      changed = appended(changed, lower, each)
    }
  }
  return changed
}

/** One allocation: a spread makes room for the old ones first, and then for more. */
function appended(pairs: HeaderPairs, name: string, value: string): HeaderPairs {
  const size = pairs.length
  const longer = new Array<string>(size + 2)
  for (let at = 0; at < size; at++) longer[at] = pairs[at]!
  longer[size] = name
  longer[size + 1] = value
  return longer
}

export function hasName(pairs: HeaderPairs, name: string): boolean {
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === name) return true
  return false
}

/** The header fields, and one more where there is none of that name. */
export function withDefault(pairs: HeaderPairs, name: string, value: string): HeaderPairs {
  return hasName(pairs, name) ? pairs : [...pairs, name, value]
}

export function withoutNames(pairs: HeaderPairs, names: readonly string[]): string[] {
  return pairs.filter((_, at) => !names.includes(pairs[at & ~1]!))
}

/** Names seen before, in lower case: a program has a few, and each response has some of them. Bounded all the same. */
const known = new Map<string, string>()
const MAX_KNOWN = 256

/** A name in lower case; undefined where it is none. */
export function plainName(name: string): string | undefined {
  const seen = known.get(name)
  if (seen !== undefined) return seen
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return undefined
  const lower = name.toLowerCase()
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(name, lower)
  return lower
}

/** No white space at an end, which `Headers` takes off, and nothing that it refuses (RFC 9110 §5.5). */
export function isPlainValue(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(value)
  )
}
