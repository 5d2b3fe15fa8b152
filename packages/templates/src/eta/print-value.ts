import { describe } from '@tsgi/core/options'
import { escapeHtml } from '../markup/escape.ts'
import { Markup } from '../markup/fragment.ts'

/** Returns the output of `<%= value %>`: escaped text, nothing for `null` and `undefined`, and fragments of `markup` as HTML. */
export function printEscaped(value: unknown): string {
  return print(value, escapeHtml)
}

/** Returns the output of `<%~ value %>`: the same without escaping. */
export function printRaw(value: unknown): string {
  return print(value, asHtml)
}

function asHtml(text: string): string {
  return text
}

/** @throws TypeError if the value has no text of its own and would print as `[object …]` or as source code. */
function print(value: unknown, encode: (text: string) => string): string {
  if (typeof value === 'string') return encode(value)
  if (typeof value === 'number') return String(value)
  if (value === null || value === undefined) return ''
  if (value instanceof Markup) return value.toString()
  if (Array.isArray(value)) return printList(value, encode)
  if (isPromise(value)) {
    throw new TypeError('A template cannot print a promise: await it before you call render')
  }
  if (typeof value === 'function') throw new TypeError('A template cannot print a function: call it')
  const text = String(value)
  if (!/^\[object .*\]$/.test(text)) return encode(text)
  if (isIterable(value)) return printList([...value], encode)
  throw new TypeError(`A template cannot print ${describe(value)}: it has no text of its own`)
}

/** Prints a list as `markup` does if it contains a fragment, otherwise with commas as JavaScript does. */
function printList(items: readonly unknown[], encode: (text: string) => string): string {
  if (!items.some(hasFragment)) return items.map((item) => print(item, encode)).join(',')
  return items.map((item) => (typeof item === 'boolean' ? '' : print(item, encode))).join('')
}

function hasFragment(item: unknown): boolean {
  return item instanceof Markup || (Array.isArray(item) && item.some(hasFragment))
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
