import { METHODS } from 'node:http'
import { HttpError } from '@tsgi/core'
import { SLASH, SP } from './grammar.ts'

/** The methods that node:http knows. */
const KNOWN: ReadonlySet<string> = new Set(METHODS)

/** The first letters of these methods. */
const BEGINNINGS: ReadonlySet<string> = new Set(
  [...KNOWN].flatMap((method) => Array.from(method, (_, at) => method.slice(0, at + 1))),
)

/**
 * Returns the method in the bytes up to the first one that is not part of it.
 *
 * @throws HttpError 400 if no method begins with them, or a byte other than a space follows.
 */
export function readMethod(bytes: Buffer, start: number, end: number): string {
  const isGet =
    end - start === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54
  const method = isGet ? 'GET' : bytes.toString('latin1', start, Math.min(end, start + MAX_METHOD + 1))
  if (!isGet && method !== '' && !BEGINNINGS.has(method)) throw unknownMethod()
  if (end === bytes.length) return method
  if (bytes[end] !== SP || method === '') throw malformedLine()
  if (!isGet && !KNOWN.has(method)) throw unknownMethod()
  return method
}

function unknownMethod(): HttpError {
  return new HttpError(400, 'The method is unknown.')
}

const MAX_METHOD = Math.max(...Array.from(KNOWN, ({ length }) => length))

/** @throws HttpError 501 if a Fetch `Request` cannot have the method. */
export function checkMethod(method: string): void {
  if (method === 'CONNECT' || method === 'TRACE') throw new HttpError(501, `${method} is not supported.`)
}

/**
 * Checks the form of a request target (RFC 9112 §3.2), or of the part of it that has arrived. It does not parse the target.
 *
 * @throws HttpError 400 if the form is invalid, or no valid target begins with that part.
 */
export function checkTarget(method: string, target: string, isWhole: boolean): void {
  if (target.charCodeAt(0) === SLASH || (target === '*' && method === 'OPTIONS')) return
  // RFC 9112 §3.2.3: the authority form. The method is rejected at the end of the line.
  if (method === 'CONNECT') return
  if ((isWhole ? URL_FORM : URL_BEGINNING).test(target)) return
  throw new HttpError(400, 'The request target is neither a path nor an http URL.')
}

// RFC 3986 §3.2, without user information, which RFC 9110 §4.2.4 forbids.
const URL_FORM = /^https?:\/\/[\w.~!$&'()*+,;=:%[\]-]+(?:[/?]|$)/i
const URL_BEGINNING =
  /^(?:|h|ht|htt|https?|https?:|https?:\/|https?:\/\/(?:[\w.~!$&'()*+,;=:%[\]-]+(?:[/?].*)?)?)$/i

/** The number of bytes of `HTTP/1.x` CRLF. */
export const VERSION_LENGTH = 10

/**
 * Checks the bytes of `HTTP/1.x` CRLF from `start`, as many as have arrived. `from` is the first that was not checked
 * before.
 *
 * @throws HttpError 400 if the bytes are something else, 505 for another version.
 */
export function checkVersion(bytes: Uint8Array, start: number, from: number): void {
  const end = Math.min(bytes.length, start + VERSION_LENGTH)
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!
    const offset = at - start
    if (offset !== MAJOR && offset !== MINOR) {
      if (byte !== VERSION[offset]) throw malformedLine()
      continue
    }
    if (byte < ZERO || byte > NINE) throw malformedLine()
    if (offset === MINOR && (bytes[start + MAJOR] !== ONE || byte > ONE)) {
      throw unsupportedVersion()
    }
  }
}

/** Returns the minor version in bytes that were checked. */
export function minorVersionAt(bytes: Uint8Array, start: number): 0 | 1 {
  return bytes[start + MINOR] === ONE ? 1 : 0
}

export function bareCr(): HttpError {
  return new HttpError(400, 'A line ends in a bare CR.')
}

export function unsupportedVersion(): HttpError {
  return new HttpError(505, 'The version of HTTP is not supported.')
}

export function malformedLine(): HttpError {
  return new HttpError(400, 'The request line is malformed.')
}

const VERSION = new TextEncoder().encode('HTTP/1.1\r\n')
const MAJOR = 5
const MINOR = 7
const ZERO = 0x30
const ONE = 0x31
const NINE = 0x39
