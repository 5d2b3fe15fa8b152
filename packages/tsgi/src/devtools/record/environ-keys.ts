import { types } from 'node:util'
import type { Environ } from '@tsgi/core'
import { shorten } from './shorten.ts'

/** A key of the environ that a layer has added or changed. There is no value, because it may be a secret. */
export interface KeyChange {
  readonly key: string
  /** The type of the value, or its class. */
  readonly type: string
  /** Whether the key existed before. */
  readonly isReplaced: boolean
}

/** The own keys of an environ. Values are kept only to compare them, while the request is in flight. */
export type EnvironKeys = ReadonlyMap<string, PropertyDescriptor>

const MAX_KEYS = 100
const MAX_CHANGES = 20
const MAX_NAME = 80

/**
 * Reads the keys of an environ. Calls no getter: a session that is loaded on first use is not loaded. Returns undefined if
 * the environ is a proxy that does not list its keys.
 */
export function readKeys(environ: Environ): EnvironKeys | undefined {
  try {
    const keys = new Map<string, PropertyDescriptor>()
    for (const name of Object.getOwnPropertyNames(environ).slice(0, MAX_KEYS)) {
      const descriptor = Object.getOwnPropertyDescriptor(environ, name)
      if (descriptor !== undefined) keys.set(name, descriptor)
    }
    return keys
  } catch {
    return undefined
  }
}

/** Returns the keys that are new or have another value; none if the keys are unknown. */
export function changedKeys(before: EnvironKeys | undefined, now: EnvironKeys | undefined): KeyChange[] {
  if (before === undefined || now === undefined) return []
  const changed = [...now].filter(([key, descriptor]) => {
    const known = before.get(key)
    return known === undefined || !isSame(known, descriptor)
  })
  return changed.slice(0, MAX_CHANGES).map(([key, descriptor]) => ({
    key: shorten(key, MAX_NAME),
    type: typeOf(descriptor),
    isReplaced: before.has(key),
  }))
}

function isSame(a: PropertyDescriptor, b: PropertyDescriptor): boolean {
  return Object.is(a.value, b.value) && a.get === b.get
}

/** Returns the keys that every environ has, without those that layers have added. */
export function contractKeys(environ: Environ): string[] {
  const names = new Set(['method', 'scriptName', 'pathInfo', 'queryString'])
  for (
    let prototype = Object.getPrototypeOf(environ);
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const name of Object.getOwnPropertyNames(prototype)) if (name !== 'constructor') names.add(name)
  }
  return [...names]
}

/** Returns the type of a value without running any code of the value. */
function typeOf({ value, get }: PropertyDescriptor): string {
  if (get !== undefined) return 'getter'
  if (value === null) return 'null'
  if (typeof value === 'function') return 'function'
  if (typeof value !== 'object') return typeof value
  if (types.isProxy(value)) return 'Proxy'
  if (Array.isArray(value)) return 'array'
  return classOf(value) ?? 'object'
}

function classOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (typeof prototype !== 'object' || prototype === null || types.isProxy(prototype)) return undefined
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof made !== 'function' || types.isProxy(made)) return undefined
  const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value
  return typeof name === 'string' && name !== '' && name !== 'Object' ? shorten(name, MAX_NAME) : undefined
}
