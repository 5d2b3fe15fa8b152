/**
 * Headers as a flat list: names and values in turn, names in lower case, a name with several values several times. A light
 * response stores them like this until someone needs a `Headers`, and gateways write them like this.
 *
 * Only headers that a `Headers` would not change are stored. If it would join, trim or reject one, the functions here return
 * `undefined`, and the caller uses a `Headers`.
 */
import type { HeaderInit } from './header-init.ts'

export type HeaderPairs = readonly string[]

/** Header fields to change: a value replaces the field, a list sets several lines, `null` removes the field. */
export type HeaderChanges =
  | Headers
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | null>>

const NONE: HeaderPairs = []

/** Returns the header fields of a response's init if they are a record of plain fields. */
export function toPairs(init: HeaderInit | undefined): HeaderPairs | undefined {
  if (init === undefined) return NONE
  if (isIterable(init)) return undefined
  const pairs: string[] = []
  for (const name of Object.keys(init)) {
    const value = (init as Record<string, string>)[name]!
    const field = knownField(name)
    // `Headers` joins fields whose names differ only in case.
    if (field === undefined || !isPlain(field, value) || hasName(pairs, field.lower)) return undefined
    pairs.push(field.lower, value)
  }
  return pairs
}

/** Returns the header fields with changes applied if the changes are a record of plain fields. */
export function changePairs(pairs: HeaderPairs, changes: HeaderChanges): HeaderPairs | undefined {
  if (isIterable(changes)) return undefined
  const names = Object.keys(changes)
  let changed = pairs
  for (let at = 0; at < names.length; at++) {
    const name = names[at]!
    const value = (changes as Record<string, string | readonly string[] | null>)[name]!
    const field = knownField(name)
    if (field === undefined) return undefined
    const { lower } = field
    // `Headers` joins fields whose names differ only in case.
    for (let before = 0; before < at; before++) if (plainName(names[before]!) === lower) return undefined
    if ((value === null || lower !== 'set-cookie') && hasName(changed, lower)) {
      changed = withoutNames(changed, [lower])
    }
    if (value === null) continue
    if (typeof value === 'string') {
      if (!isPlain(field, value)) return undefined
      changed = appended(changed, lower, value)
      continue
    }
    for (const each of value) {
      if (!isPlainValue(each)) return undefined
      changed = appended(changed, lower, each)
    }
  }
  return changed
}

/** Allocates once. A spread would allocate for the old fields first, and then again. */
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

/** Adds a field unless there is one of that name. */
export function withDefault(pairs: HeaderPairs, name: string, value: string): HeaderPairs {
  return hasName(pairs, name) ? pairs : [...pairs, name, value]
}

export function withoutNames(pairs: HeaderPairs, names: readonly string[]): string[] {
  return pairs.filter((_, at) => !names.includes(pairs[at & ~1]!))
}

/** Also true for `Headers`. Faster than `in`, which V8 does not cache for objects of many shapes. */
function isIterable(value: object): boolean {
  return (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== undefined
}

/** A field name in lower case, and the latest plain value under it, because most values are constants. */
interface KnownField {
  readonly lower: string
  value: string | undefined
}

/** Fields by name. A program uses few; the number is limited in case it does not. */
const known = new Map<string, KnownField>()
const MAX_KNOWN = 256

/** Returns a field name in lower case, or `undefined` if it is invalid. */
export function plainName(name: string): string | undefined {
  return knownField(name)?.lower
}

function knownField(name: string): KnownField | undefined {
  const seen = known.get(name)
  if (seen !== undefined) return seen
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return undefined
  if (known.size >= MAX_KNOWN) known.clear()
  const field: KnownField = { lower: name.toLowerCase(), value: undefined }
  known.set(name, field)
  return field
}

/** Reports whether a value is valid and has no white space at its ends, which `Headers` would trim (RFC 9110 §5.5). */
export function isPlainValue(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(value)
  )
}

/** Like {@link isPlainValue}, but faster if the field has the same value as before. */
function isPlain(field: KnownField, value: unknown): value is string {
  if (value !== undefined && value === field.value) return true
  if (!isPlainValue(value)) return false
  if (value.length <= MAX_KEPT) field.value = value
  return true
}

/** Maximum number of characters in a value that is kept. */
const MAX_KEPT = 256
