/** The kinds of values that flags have: each reads a text, or throws a {@link FlagError} that says what it expected. */
import { availableParallelism } from 'node:os'
import type { TrustProxy } from '@tsgi/server'
import { parseListenAddress } from '@tsgi/server/listen'

/** One flag of a command. */
export interface Flag {
  /** What stands for the value in the help; a flag without one is a switch. */
  readonly value?: string
  /** Whether it may be repeated. */
  readonly multiple?: true
  readonly help: string
  read(text: string): unknown
}

/** That a value is not what its flag expects. The message is to follow the flag's name. */
export class FlagError extends Error {}

export function text(value: string): string {
  if (value === '') throw new FlagError('must not be empty')
  return value
}

export function oneOf<T extends string>(...values: readonly T[]): (value: string) => T {
  return (value) => {
    const known = values.find((each) => each === value)
    if (known === undefined) throw new FlagError(`must be ${values.join(' or ')}, got '${value}'`)
    return known
  }
}

/** The path of a URL. */
export function path(value: string): string {
  if (!/^\/[!$-;=@-Z_a-z~]*$/.test(value))
    throw new FlagError(`must be a path that begins with /, got '${value}'`)
  return value
}

/** `HOST:PORT` or `:PORT`, as the option `listen` has it. */
export function httpAddress(value: string): string {
  if (!isAddress(value)) throw new FlagError(`must be HOST:PORT or :PORT, got '${value}'`)
  return value.startsWith(':') ? value : `http://${value}`
}

/** The same, with TLS. */
export function httpsAddress(value: string): string {
  if (!isAddress(value)) throw new FlagError(`must be HOST:PORT or :PORT, got '${value}'`)
  return `https://${value}`
}

/** A path, or `HOST:PORT` of one interface, as the option `listen` has it. */
export function uwsgiAddress(value: string): string {
  const address = isAddress(value) ? `uwsgi://${value}` : `uwsgi:${value}`
  try {
    parseListenAddress(address)
    return address
  } catch {
    throw new FlagError(`must be the PATH of a socket of at most 107 bytes, or HOST:PORT, got '${value}'`)
  }
}

/** One address of one interface. */
export interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** `HOST:PORT`. */
export function hostAndPort(value: string): HostAndPort {
  const colon = value.lastIndexOf(':')
  if (!isAddress(value) || colon === 0) throw new FlagError(`must be HOST:PORT, got '${value}'`)
  return { host: value.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(value.slice(colon + 1)) }
}

function isAddress(value: string): boolean {
  return /^[^/?#@\s]*:\d{1,5}$/.test(value) && Number(value.slice(value.lastIndexOf(':') + 1)) <= 65_535
}

/** What is on where the flag is given; a configuration file can say that it is off. */
export function yesOrNo(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  throw new FlagError(`must be true or false, got '${value}'`)
}

/** A mode in octal digits. */
export function fileMode(value: string): number {
  if (/^[0-7]{3}$/.test(value)) return Number.parseInt(value, 8)
  throw new FlagError(`must be three octal digits, as 660, got '${value}'`)
}

/** A number of hops, or a list of addresses. */
export function trustProxy(value: string): TrustProxy {
  return /^\d+$/.test(value) ? Number(value) : value.split(',')
}

export function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    if (/^\d{1,15}$/.test(value) && Number(value) >= least) return Number(value)
    throw new FlagError(`must be a whole number${least > 0 ? ` from ${least}` : ''}, got '${value}'`)
  }
}

/** Mebibytes, as bytes. */
export function mebibytes(value: string): number {
  return wholeNumber(1)(value) * 1024 * 1024
}

/** Seconds, with or without a fraction, as milliseconds. */
export function milliseconds(least: number): (value: string) => number {
  return (value) => {
    const time = Math.round(Number(value) * 1000)
    if (/^\d{1,7}(\.\d+)?$/.test(value) && time >= least * 1000 && time <= MAX_DELAY) return time
    throw new FlagError(
      `must be a number of seconds from ${least} to ${Math.floor(MAX_DELAY / 1000)}, got '${value}'`,
    )
  }
}

/** A number, or `auto` for as many as there are processors. */
export function workerCount(value: string): number {
  if (value === 'auto') return availableParallelism()
  if (/^\d{1,3}$/.test(value) && Number(value) > 0) return Number(value)
  throw new FlagError(`must be a whole number from 1 to 999, or 'auto', got '${value}'`)
}

/** The longest delay that a timer takes. */
const MAX_DELAY = 2 ** 31 - 1
