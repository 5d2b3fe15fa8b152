/** The kinds of values that flags accept. Each reads a value, or throws a {@link FlagError} with the accepted form. */
import { availableParallelism } from 'node:os'
import { didYouMean, parseDuration, parseSize, type Size } from '@tsgi/core/options'
import type { TrustProxy } from '@tsgi/server'
import { parseListenAddress } from '@tsgi/server/listen'

/** One flag of a command. */
export interface Flag {
  /** The placeholder of the value in the help; a flag without one is a switch. */
  readonly value?: string
  /** Whether the flag can be repeated. */
  readonly multiple?: true
  readonly help: string
  /** Reads a value from the command line, or text from a configuration file. */
  read(text: string): unknown
  /** Reads a number from a configuration file, if it means something else than the same digits on the command line. */
  readNumber?(value: number): unknown
}

/** Thrown for an invalid value. The message follows the name of the flag. */
export class FlagError extends Error {}

export function text(value: string): string {
  if (value === '') throw new FlagError('must not be empty')
  return value
}

export function oneOf<T extends string>(...values: readonly T[]): (value: string) => T {
  return (value) => {
    const known = values.find((each) => each === value)
    if (known === undefined)
      throw new FlagError(`must be ${values.join(' or ')}, got '${value}'${didYouMean(value, values)}`)
    return known
  }
}

/** Values separated by commas. */
export function listOf<T>(read: (value: string) => T): (value: string) => T[] {
  return (value) => value.split(',').map((each) => read(each.trim()))
}

/** The path of a URL. */
export function path(value: string): string {
  if (!/^\/[!$-;=@-Z_a-z~]*$/.test(value))
    throw new FlagError(`must be a path that starts with /, got '${value}'`)
  return value
}

/** `HOST:PORT` or `:PORT`; returns a value of the option `listen`. */
export function httpAddress(value: string): string {
  if (!isAddress(value)) throw new FlagError(`must be HOST:PORT or :PORT, got '${value}'`)
  return value.startsWith(':') ? value : `http://${value}`
}

/** `HOST:PORT` or `:PORT` with TLS; returns a value of the option `listen`. */
export function httpsAddress(value: string): string {
  if (!isAddress(value)) throw new FlagError(`must be HOST:PORT or :PORT, got '${value}'`)
  return `https://${value}`
}

/** A path, or `HOST:PORT` of one interface; returns a value of the option `listen`. */
export function uwsgiAddress(value: string): string {
  const address = isAddress(value) ? `uwsgi://${value}` : `uwsgi:${value}`
  try {
    parseListenAddress(address)
    return address
  } catch {
    throw new FlagError(`must be the PATH of a socket of at most 107 bytes, or HOST:PORT, got '${value}'`)
  }
}

/** An address of one interface. */
export interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** `HOST:PORT` */
export function hostAndPort(value: string): HostAndPort {
  const colon = value.lastIndexOf(':')
  if (!isAddress(value) || colon === 0) throw new FlagError(`must be HOST:PORT, got '${value}'`)
  return { host: value.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(value.slice(colon + 1)) }
}

function isAddress(value: string): boolean {
  return /^[^/?#@\s]*:\d{1,5}$/.test(value) && Number(value.slice(value.lastIndexOf(':') + 1)) <= 65_535
}

/** A switch, which a configuration file can also turn off. */
export function yesOrNo(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  throw new FlagError(`must be true or false, got '${value}'`)
}

/** A mode in octal digits. */
export function fileMode(value: string): number {
  if (/^[0-7]{3}$/.test(value)) return Number.parseInt(value, 8)
  throw new FlagError(`must be three octal digits, such as 660, got '${value}'`)
}

/** A number of hops, or a list of addresses. */
export function trustProxy(value: string): TrustProxy {
  return /^\d+$/.test(value) ? Number(value) : value.split(',')
}

export function wholeNumber(min: number): (value: string) => number {
  return (value) => {
    if (/^\d{1,15}$/.test(value) && Number(value) >= min) return Number(value)
    throw new FlagError(`must be a whole number${min > 0 ? ` from ${min}` : ''}, got '${value}'`)
  }
}

/** A size of at least `min` bytes; returns bytes. A number without a unit is in bytes. */
export function size(min: Size): Pick<Flag, 'value' | 'read' | 'readNumber'> {
  const least = parseSize(min)!
  const read = (value: string | number) => {
    const bytes = parseSize(value)
    if (bytes !== undefined && bytes >= least && bytes <= Number.MAX_SAFE_INTEGER) return bytes
    const from = least > 0 ? ` from ${min}` : ''
    const hint = /^\d+$/.test(`${value}`) && least > 0 ? ` bytes (the unit is missing: ${value}MiB?)` : ''
    throw new FlagError(`must be a size${from}, such as 512KiB, 64MiB or 1GiB, got '${value}'${hint}`)
  }
  return { value: 'SIZE', read, readNumber: read }
}

/**
 * A duration of at least `min` milliseconds; returns milliseconds. Text requires a unit, so that you need not remember
 * which unit a flag has.
 */
export function duration(min: number): Pick<Flag, 'value' | 'read' | 'readNumber'> {
  const read = (value: string | number) => {
    const milliseconds = parseDuration(value)
    if (milliseconds !== undefined && milliseconds >= min && milliseconds <= MAX_DELAY) return milliseconds
    const hint =
      /^\d+(?:\.\d+)?$/.test(`${value}`) && typeof value === 'string'
        ? ` (the unit is missing: ${value}s?)`
        : ''
    throw new FlagError(
      `must be a duration from ${min} ms to 24 days, such as 500ms, 30s or 5m, got '${value}'${hint}`,
    )
  }
  return { value: 'DURATION', read, readNumber: read }
}

/** The longest delay that a timer accepts. */
const MAX_DELAY = 2 ** 31 - 1

/** A number of workers; `auto` is one per processor. */
export function workerCount(value: string): number {
  if (value === 'auto') return availableParallelism()
  if (/^\d{1,3}$/.test(value) && Number(value) > 0) return Number(value)
  throw new FlagError(
    `must be a whole number from 1 to 999, or 'auto', got '${value}'${didYouMean(value, ['auto'])}`,
  )
}
