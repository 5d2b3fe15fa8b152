import { HttpError } from '@tsgi/core'
import { type BodyReader, ownBytes } from './body-reader.ts'
import { framingField } from './framing.ts'
import { COLON, CR, FIELD_VALUE, LF, skip, TOKEN } from './grammar.ts'

/** A chunk size and its extensions (RFC 9112 §7.1.1), without the optional white space that recipients may reject. */
const SIZE_LINE =
  /^([0-9A-Fa-f]{1,12})((?:;[!#$%&'*+\-.^_`|~\w]+(?:=(?:[!#$%&'*+\-.^_`|~\w]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*)$/

/** Maximum number of bytes of all chunk extensions of a body, and of its trailer. */
const MAX_EXTENSIONS = 16_384
const MAX_TRAILER = 16_384

/** Chunks below this size are joined with those that arrive together with them. */
const SMALL = 4096

/** Reads a chunked body (RFC 9112 §7.1). Checks extensions and trailer fields, and drops them. */
export class ChunkedReader implements BodyReader {
  data: Uint8Array<ArrayBuffer> | undefined
  isOver = false
  #part: 'size' | 'data' | 'data end' | 'trailer' = 'size'
  /** Bytes of the current chunk that have not been read. */
  #left = 0
  /** Bytes of the current line that have been checked. */
  #checked = 0
  #extensions = 0
  #trailer = 0

  read(bytes: Buffer, start: number): number {
    this.data = undefined
    let at = start
    let joined: Uint8Array<ArrayBuffer> | undefined
    let size = 0
    while (at < bytes.length && !this.isOver) {
      if (this.#part === 'data') {
        const to = Math.min(bytes.length, at + this.#left)
        this.#left -= to - at
        if (this.#left === 0) this.#part = 'data end'
        if (joined === undefined && (to - at >= SMALL || to === bytes.length)) {
          this.data = ownBytes(bytes, at, to)
          return to
        }
        // A client can send a megabyte in chunks of one byte, each of which would cost a call and an object.
        joined ??= new Uint8Array(bytes.length - at)
        joined.set(bytes.subarray(at, to), size)
        size += to - at
        at = to
        continue
      }
      const next = this.#part === 'data end' ? this.#readDataEnd(bytes, at) : this.#readLine(bytes, at)
      if (next === at) break
      at = next
    }
    if (joined !== undefined) this.data = joined.subarray(0, size)
    return at
  }

  /** Returns the position after the CRLF, or `at` if it is incomplete. */
  #readDataEnd(bytes: Buffer, at: number): number {
    if (bytes[at] !== CR) throw malformed('A chunk does not end with CRLF.')
    if (at + 1 === bytes.length) return at
    if (bytes[at + 1] !== LF) throw malformed('A chunk does not end with CRLF.')
    this.#part = 'size'
    return at + 2
  }

  /** Returns the position after the line, or `at` if it is incomplete. */
  #readLine(bytes: Buffer, start: number): number {
    const at = skip(FIELD_VALUE, bytes, start + this.#checked)
    this.#checked = at - start
    this.#limit(at - start)
    if (this.#part === 'size') checkSize(bytes, start, at)
    if (at < bytes.length && bytes[at] !== CR) throw malformedLine()
    if (at + 1 >= bytes.length) return start
    if (bytes[at + 1] !== LF) throw malformedLine()
    this.#checked = 0
    if (this.#part === 'size') this.#endSize(bytes.toString('latin1', start, at))
    else this.#endTrailerLine(bytes, start, at)
    return at + 2
  }

  /** @throws HttpError if the line, together with those before it, is too long. */
  #limit(length: number): void {
    if (this.#part === 'trailer') {
      if (this.#trailer + length > MAX_TRAILER) throw new HttpError(431, 'The trailer is too large.')
    } else if (this.#extensions + length > MAX_EXTENSIONS) {
      throw new HttpError(413, 'The chunk extensions are too large.')
    }
  }

  #endSize(line: string): void {
    const [, size, extensions] = SIZE_LINE.exec(line) ?? []
    if (size === undefined || extensions === undefined) throw malformed('A chunk extension is malformed.')
    this.#extensions += extensions.length
    this.#left = Number.parseInt(size, 16)
    this.#part = this.#left === 0 ? 'trailer' : 'data'
  }

  #endTrailerLine(bytes: Buffer, start: number, end: number): void {
    this.#trailer += end - start
    if (end === start) this.isOver = true
    else checkTrailerField(bytes, start, end)
  }
}

/** Checks the digits of a size as soon as they arrive: at most 12, then nothing, `;` or CR. */
function checkSize(bytes: Buffer, start: number, end: number): void {
  let at = start
  while (at < end && isHexDigit(bytes[at]!)) at++
  if (at - start > MAX_DIGITS) throw malformed('The size of a chunk is too long.')
  const isMissing = at === start && at < bytes.length
  if (isMissing || (at < end && bytes[at] !== SEMICOLON)) throw malformed('The size of a chunk is malformed.')
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66)
}

const MAX_DIGITS = 12
const SEMICOLON = 0x3b

function checkTrailerField(bytes: Buffer, start: number, end: number): void {
  const at = skip(TOKEN, bytes, start)
  if (at === start || at >= end || bytes[at] !== COLON) throw malformed('The trailer is malformed.')
  // RFC 9110 §6.5.1: a trailer must not contain framing fields, and only an attacker sends one.
  if (framingField(bytes, start, at) !== undefined) {
    throw new HttpError(400, 'The trailer contains a field that it must not contain.')
  }
}

function malformedLine(): HttpError {
  return malformed('A line between the chunks of the body is malformed.')
}

function malformed(message: string): HttpError {
  return new HttpError(400, message)
}
