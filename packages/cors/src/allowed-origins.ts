import type { Awaitable, Environ } from '@tsgi/core'
import { checkOrigin, describe } from '@tsgi/core/options'

/** Decides whether an origin may read a response: `true` or `false`. */
export type OriginCheck = (origin: string, environ: Environ) => Awaitable<boolean>

/** The option `origin`. */
export type OriginOption = string | readonly string[] | OriginCheck

/**
 * Creates the check for the option `origin`, other than `'*'`.
 *
 * @throws TypeError if the option is not an origin, a pattern, a list of them or a function.
 */
export function readOrigins(origin: unknown, credentials: boolean): OriginCheck {
  if (typeof origin === 'function') return askFunction(origin as OriginCheck, credentials)
  const list: readonly unknown[] = Array.isArray(origin) ? origin : [origin]
  if (list.length === 0) throw new TypeError('cors: origin must not be an empty list')
  const exact = new Set<string>()
  const patterns: Pattern[] = []
  for (const [index, each] of list.entries()) {
    const option = Array.isArray(origin) ? `cors: origin[${index}]` : 'cors: origin'
    if (each === '*') throw new TypeError(`${option} must not be '*' in a list. Write origin: '*'`)
    if (each instanceof RegExp) {
      throw new TypeError(`${option} must not be a RegExp. Write 'https://*.example.com', or pass a function`)
    }
    if (each === 'null' && credentials) {
      throw new TypeError(`${option} must not be 'null' with credentials: any site can send it`)
    }
    const pattern = readPattern(option, each)
    if (pattern !== undefined) patterns.push(pattern)
    else {
      if (each !== 'null') checkOrigin(option, each)
      exact.add(each as string)
    }
  }
  if (patterns.length === 0) return (origin) => exact.has(origin)
  return (origin) => exact.has(origin) || patterns.some((pattern) => matches(pattern, origin))
}

/** An origin such as `https://*.example.com`, split at the star. */
interface Pattern {
  /** `https://` */
  readonly start: string
  /** `.example.com` */
  readonly end: string
}

function readPattern(option: string, value: unknown): Pattern | undefined {
  const star = typeof value === 'string' ? value.indexOf('*') : -1
  if (star === -1) return undefined
  const text = value as string
  const [start, end] = [text.slice(0, star), text.slice(star + 1)]
  const example = `${start}a${end}`
  const url = URL.parse(example)
  const isPattern =
    /^https?:\/\/$/.test(start) &&
    url?.origin === example &&
    /^\.[^.*]+\.[^.*]/.test(end) &&
    !end.includes('*')
  if (isPattern) return { start, end }
  throw new TypeError(
    `${option} must have the star as the first label of a host with at least two more, ` +
      `as in 'https://*.example.com', got ${describe(value)}`,
  )
}

/** One or more labels of a host name, in the characters that browsers send. */
const LABELS = /^[\w-]+(?:\.[\w-]+)*$/

function matches({ start, end }: Pattern, origin: string): boolean {
  return (
    origin.length > start.length + end.length &&
    origin.startsWith(start) &&
    origin.endsWith(end) &&
    LABELS.test(origin.slice(start.length, -end.length))
  )
}

/** One serialized origin, so that a function never sees two values in one field. */
const SERIALIZED = /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@,\\]+$/

function askFunction(check: OriginCheck, credentials: boolean): OriginCheck {
  return (origin, environ) => {
    if (origin === 'null' ? credentials : !SERIALIZED.test(origin)) return false
    const allowed = check(origin, environ)
    return allowed instanceof Promise ? allowed.then(checked) : checked(allowed)
  }
}

/** Not just any truthy value: the functions of other packages return the origin to send. */
function checked(allowed: unknown): boolean {
  if (typeof allowed === 'boolean') return allowed
  throw new TypeError(`cors: origin must return true or false, got ${describe(allowed)}`)
}
