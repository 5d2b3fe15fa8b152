import { METHODS } from 'node:http'
import { HttpError } from '@tsgi/core'
import { CR, LF } from './grammar.ts'

/** The registered methods without CONNECT and TRACE, which a Fetch `Request` cannot have. */
const KNOWN: ReadonlySet<string> = new Set(
  METHODS.filter((method) => method !== 'CONNECT' && method !== 'TRACE'),
)

/**
 * Returns the method that ends at `end`, after at most one empty line.
 *
 * @throws HttpError 501 if the method is not implemented (RFC 9110 §9.1).
 */
export function methodOf(text: string, end: number): string {
  if (end === 3 && text.startsWith('GET')) return 'GET'
  const method = text.slice(text.charCodeAt(0) === CR ? 2 : 0, end)
  if (KNOWN.has(method)) return method
  throw new HttpError(501, 'The method is not supported.')
}

/**
 * Checks the form of a request target (RFC 9112 §3.2). Interpreting it is not its job.
 *
 * @throws HttpError 400 if the form is invalid.
 */
export function checkTarget(method: string, target: string): void {
  if (target.charCodeAt(0) === SLASH || (target === '*' && method === 'OPTIONS')) return
  if (!/^https?:\/\/[^/?]/i.test(target))
    throw new HttpError(400, 'The request target is neither a path nor an http URL.')
}

/**
 * Returns the minor version in the ten bytes `HTTP/1.x CRLF` at `at`.
 *
 * @throws HttpError 400 if the bytes are something else, 505 for another version.
 */
export function minorVersionOf(bytes: Buffer, at: number): 0 | 1 {
  for (let n = 0; n < 5; n++) if (bytes[at + n] !== HTTP[n]) throw malformed()
  const major = bytes[at + 5]!
  const minor = bytes[at + 7]!
  if (!isDigit(major) || bytes[at + 6] !== DOT || !isDigit(minor)) throw malformed()
  if (bytes[at + 8] !== CR || bytes[at + 9] !== LF) throw malformed()
  if (major === ONE && minor === ONE) return 1
  if (major === ONE && minor === ZERO) return 0
  throw new HttpError(505)
}

function malformed(): HttpError {
  return new HttpError(400, 'The request line is malformed.')
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39
}

const HTTP = Buffer.from('HTTP/')
const SLASH = 0x2f
const DOT = 0x2e
const ZERO = 0x30
const ONE = 0x31
