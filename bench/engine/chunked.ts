import { HttpError } from '@tsgi/core'
import { concernedField } from './framing.ts'
import { COLON, CR, FIELD_VALUE, LF, TOKEN } from './grammar.ts'

/** Reads the body of a request from the bytes of its connection, one piece at a time. */
export interface BodyReader {
  /** The piece that `read` found, or undefined. */
  data: Buffer | undefined
  /** Whether the body has ended. */
  done: boolean
  /**
   * Reads from `at` to the end of one piece of the body. Returns the position after it. Pass the remaining bytes again.
   *
   * @throws HttpError 400 or 413 if the framing is invalid.
   */
  read(bytes: Buffer, at: number): number
}

/** Reads a body with a Content-Length. */
export class LengthReader implements BodyReader {
  data: Buffer | undefined
  done = false
  #left: number

  constructor(length: number) {
    this.#left = length
  }

  read(bytes: Buffer, at: number): number {
    const to = Math.min(bytes.length, at + this.#left)
    this.#left -= to - at
    this.data = bytes.subarray(at, to)
    this.done = this.#left === 0
    return to
  }
}

/** A chunk size and its extensions (RFC 9112 §7.1.1), without the optional whitespace that recipients may reject. */
const SIZE_LINE =
  /^([0-9A-Fa-f]{1,12})((?:;[!#$%&'*+\-.^_`|~\w]+(?:=(?:[!#$%&'*+\-.^_`|~\w]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*)$/

/** Maximum number of bytes of all chunk extensions of a body, and of its trailer. */
const MAX_EXTENSIONS = 16_384
const MAX_TRAILER = 16_384

/** Reads a chunked body (RFC 9112 §7.1). Checks and drops extensions and trailer fields. */
export class ChunkedReader implements BodyReader {
  data: Buffer | undefined
  done = false
  #state: 'size' | 'data' | 'data end' | 'trailer' = 'size'
  #left = 0
  #extensions = 0
  #trailer = 0

  read(bytes: Buffer, start: number): number {
    this.data = undefined
    let at = start
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const to = Math.min(bytes.length, at + this.#left)
        this.#left -= to - at
        if (this.#left === 0) this.#state = 'data end'
        this.data = bytes.subarray(at, to)
        return to
      }
      if (this.#state === 'data end') {
        if (bytes[at] !== CR) throw malformed()
        if (at + 1 === bytes.length) return at
        if (bytes[at + 1] !== LF) throw malformed()
        at += 2
        this.#state = 'size'
        continue
      }
      const end = lineEnd(bytes, at)
      if (this.#state === 'size') {
        if (end === -1) {
          if (bytes.length - at > MAX_EXTENSIONS) throw extensionsTooLarge()
          return at
        }
        this.#size(bytes.toString('latin1', at, end))
      } else {
        this.#trailer += (end === -1 ? bytes.length : end) - at
        if (this.#trailer > MAX_TRAILER) throw new HttpError(431, 'The trailer is too large.')
        if (end === -1) {
          this.#trailer -= bytes.length - at
          return at
        }
        if (end === at) this.done = true
        else checkTrailerField(bytes, at, end)
      }
      at = end + 2
      if (this.done) return at
    }
    return at
  }

  #size(line: string): void {
    const [, size, extensions] = SIZE_LINE.exec(line) ?? []
    if (size === undefined || extensions === undefined) throw malformed()
    this.#extensions += extensions.length
    if (this.#extensions > MAX_EXTENSIONS) throw extensionsTooLarge()
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailer' : 'data'
  }
}

/** Returns the position of the CR that ends the line, or -1. Throws for a byte that no line may contain. */
function lineEnd(bytes: Buffer, start: number): number {
  let at = start
  while (at < bytes.length && FIELD_VALUE[bytes[at]!] === 1) at++
  if (at === bytes.length) return -1
  if (bytes[at] !== CR) throw malformed()
  if (at + 1 === bytes.length) return -1
  if (bytes[at + 1] !== LF) throw malformed()
  return at
}

function checkTrailerField(bytes: Buffer, start: number, end: number): void {
  let at = start
  while (TOKEN[bytes[at]!] === 1) at++
  if (at === start || at >= end || bytes[at] !== COLON) throw malformed()
  // RFC 9110 §6.5.1: a trailer must not contain framing fields, and only an attacker sends one.
  if (concernedField(bytes, start, at) !== undefined)
    throw new HttpError(400, 'The trailer holds a field that it may not.')
}

function malformed(): HttpError {
  return new HttpError(400, 'The chunks of the body are malformed.')
}

function extensionsTooLarge(): HttpError {
  return new HttpError(413, 'The chunk extensions are too large.')
}
