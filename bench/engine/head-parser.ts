/**
 * Parses request heads that arrive in any pieces, as strictly as RFC 9112 allows: lines end in CRLF, names are tokens
 * followed directly by a colon, values have no control characters, and lines are not folded.
 */

import { HttpError } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import { concernedField, Framing } from './framing.ts'
import { COLON, CR, FIELD_VALUE, LF, SP, TARGET, TOKEN } from './grammar.ts'
import { RequestHead, trimmed } from './request-head.ts'
import { checkTarget, methodOf, minorVersionOf } from './request-line.ts'
import type { EngineLimits } from './settings.ts'

export type HeadLimits = Pick<Limits<EngineLimits>, 'maxHeaderSize' | 'maxHeadersCount' | 'maxUrlLength'>

export class HeadParser {
  /** Length in bytes of the head that was returned last. */
  length = 0
  readonly #limits: HeadLimits
  /** Offset of the first unparsed line from the start of the head. Bytes before it are not parsed again. */
  #read = 0
  #methodEnd = 0
  #targetStart = 0
  #targetEnd = 0
  /** Offset of the first field line; 0 until the request line is complete. */
  #linesStart = 0
  #minorVersion: 0 | 1 = 1
  #count = 0
  #framing = new Framing()

  constructor(limits: HeadLimits) {
    this.#limits = limits
  }

  /** Whether a part of a head has arrived. */
  get isWithin(): boolean {
    return this.#linesStart > 0
  }

  /**
   * Returns the head that begins at `start`, or undefined if it is incomplete. Then call it again with the same bytes
   * followed by more.
   *
   * @throws HttpError for the client. The rest of the connection cannot be parsed.
   */
  parse(bytes: Buffer, start: number): RequestHead | undefined {
    let at = start + this.#read
    if (this.#linesStart === 0) {
      at = this.#requestLine(bytes, start)
      if (at === -1) return this.#more(bytes, start)
      this.#linesStart = at - start
      this.#read = at - start
    }
    const { maxHeaderSize } = this.#limits
    while (at < bytes.length) {
      if (bytes[at] === CR) {
        if (at + 1 === bytes.length) break
        if (bytes[at + 1] !== LF) throw new HttpError(400, 'A line ends in a bare CR.')
        if (at + 2 - start > maxHeaderSize) throw tooLarge()
        return this.#whole(bytes, start, at)
      }
      at = this.#fieldLine(bytes, at)
      if (at === -1) break
      this.#read = at - start
    }
    return this.#more(bytes, start)
  }

  #more(bytes: Buffer, start: number): undefined {
    if (bytes.length - start <= this.#limits.maxHeaderSize) return undefined
    if (this.#linesStart === 0) throw new HttpError(414, 'The request line is too long.')
    throw tooLarge()
  }

  /** Returns the offset of the line after the request line, or -1 if that is incomplete. */
  #requestLine(bytes: Buffer, start: number): number {
    const end = bytes.length
    let at = start
    // RFC 9112 §2.2: some clients send an extra CRLF after a body.
    if (bytes[at] === CR) {
      if (at + 1 === end) return -1
      if (bytes[at + 1] !== LF) throw new HttpError(400, 'A line ends in a bare CR.')
      at += 2
    }
    const method = at
    while (at < end && TOKEN[bytes[at]!] === 1) at++
    if (at === end) return -1
    if (bytes[at] !== SP || at === method) throw new HttpError(400, 'The request line is malformed.')
    this.#methodEnd = at - start
    const target = ++at
    while (at < end && TARGET[bytes[at]!] === 1) at++
    if (at - target > this.#limits.maxUrlLength)
      throw new HttpError(414, `The request target is longer than ${this.#limits.maxUrlLength} characters.`)
    if (at === end) return -1
    if (bytes[at] !== SP || at === target) throw new HttpError(400, 'The request line is malformed.')
    this.#targetStart = target - start
    this.#targetEnd = at - start
    // SP HTTP/1.x CRLF
    if (end - at < 11) return -1
    this.#minorVersion = minorVersionOf(bytes, at + 1)
    return at + 11
  }

  /** Returns the offset of the line after the one at `line`, or -1 if that is incomplete. */
  #fieldLine(bytes: Buffer, line: number): number {
    const end = bytes.length
    let at = line
    while (at < end && TOKEN[bytes[at]!] === 1) at++
    if (at === end) return -1
    if (bytes[at] !== COLON || at === line) throw new HttpError(400, 'The name of a field is malformed.')
    const colon = at++
    while (at < end && FIELD_VALUE[bytes[at]!] === 1) at++
    if (at >= end - 1) {
      if (at === end || bytes[at] === CR) return -1
      throw new HttpError(400, 'The value of a field is malformed.')
    }
    if (bytes[at] !== CR || bytes[at + 1] !== LF)
      throw new HttpError(400, 'The value of a field is malformed.')
    if (++this.#count > this.#limits.maxHeadersCount)
      throw new HttpError(431, `The request has more than ${this.#limits.maxHeadersCount} header fields.`)
    const field = concernedField(bytes, line, colon)
    if (field !== undefined) {
      const value = bytes.toString('latin1', colon + 1, at)
      this.#framing.take(field, trimmed(value, 0, value.length))
    }
    return at + 2
  }

  #whole(bytes: Buffer, start: number, lastLine: number): RequestHead {
    const text = bytes.toString('latin1', start, lastLine)
    const minorVersion = this.#minorVersion
    const framing = this.#framing
    const bodyLength = framing.bodyLength(minorVersion)
    const method = methodOf(text, this.#methodEnd)
    const target = text.slice(this.#targetStart, this.#targetEnd)
    checkTarget(method, target)
    const init = {
      method,
      target,
      minorVersion,
      host: framing.host,
      bodyLength,
      keepAlive: framing.keepAlive(minorVersion),
      awaitsContinue: framing.awaitsContinue(minorVersion, bodyLength),
    }
    const head = new RequestHead(init, text.slice(this.#linesStart))
    this.length = lastLine + 2 - start
    this.#read = 0
    this.#linesStart = 0
    this.#count = 0
    this.#framing = new Framing()
    return head
  }
}

function tooLarge(): HttpError {
  return new HttpError(431, 'The header is too large.')
}
