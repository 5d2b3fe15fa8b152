import { HttpError } from '@tsgi/core'
import { CR, LF, SLASH, SP, skip, TARGET, TOKEN } from './grammar.ts'
import {
  bareCr,
  checkMethod,
  checkTarget,
  checkVersion,
  malformedLine,
  minorVersionAt,
  readMethod,
  unsupportedVersion,
  VERSION_LENGTH,
} from './request-line.ts'

/** The part of a request line that the next byte belongs to. */
type Part = 'start' | 'empty line' | 'method' | 'target' | 'version' | 'over'

/** Parses one request line that arrives in any pieces (RFC 9112 §3). */
export class RequestLineParser {
  method = ''
  target = ''
  minorVersion: 0 | 1 = 1
  /** The next byte to look at. This and the other positions are offsets from the start. */
  next = 0
  readonly #maxUrlLength: number
  #part: Part = 'start'
  /** After an empty line. */
  #methodStart = 0
  #targetStart = 0
  #versionStart = 0

  constructor(maxUrlLength: number) {
    this.#maxUrlLength = maxUrlLength
  }

  /** Whether a part of a request line has arrived. */
  get hasBegun(): boolean {
    return this.next > this.#methodStart
  }

  /** Whether it is complete. */
  get isOver(): boolean {
    return this.#part === 'over'
  }

  /**
   * Parses the line that begins at `start`, as much of it as has arrived.
   *
   * @throws HttpError if the request must be rejected.
   */
  parse(bytes: Buffer, start: number): void {
    const end = bytes.length
    let at = start + this.next
    while (at < end && this.#part !== 'over') {
      switch (this.#part) {
        case 'start':
          this.#part = 'method'
          // RFC 9112 §2.2: some clients send an extra CRLF after a body.
          if (bytes[at] !== CR) break
          this.#part = 'empty line'
          this.#methodStart = 2
          at++
          break
        case 'empty line':
          if (bytes[at] !== LF) throw bareCr()
          this.#part = 'method'
          at++
          break
        case 'method':
          at = skip(TOKEN, bytes, at)
          this.method = readMethod(bytes, start + this.#methodStart, at)
          if (at === end) break
          this.#part = 'target'
          at++
          this.#targetStart = at - start
          break
        case 'target': {
          at = skip(TARGET, bytes, at)
          // The LF decides whether the line is over.
          const isOpen = at + 1 === end && bytes[at] === CR
          this.#readTarget(bytes, start + this.#targetStart, at, at < end && !isOpen)
          if (isOpen) {
            this.next = at - start
            return
          }
          if (at === end) break
          this.#part = 'version'
          at++
          this.#versionStart = at - start
          break
        }
        case 'version': {
          const version = start + this.#versionStart
          checkVersion(bytes, version, at)
          at = Math.min(end, version + VERSION_LENGTH)
          if (at < version + VERSION_LENGTH) break
          this.#part = 'over'
          this.minorVersion = minorVersionAt(bytes, version)
          checkMethod(this.method)
        }
      }
    }
    this.next = at - start
  }

  #readTarget(bytes: Buffer, start: number, end: number, isWhole: boolean): void {
    const target = isWhole || bytes[start] !== SLASH ? bytes.toString('latin1', start, end) : '/'
    checkTarget(this.method, target, false)
    if (end - start > this.#maxUrlLength) {
      throw new HttpError(414, `The request target is longer than ${this.#maxUrlLength} characters.`)
    }
    if (!isWhole) return
    const isOld = bytes[end] === CR && bytes[end + 1] === LF
    if ((bytes[end] !== SP && !isOld) || target === '') throw malformedLine()
    checkTarget(this.method, target, true)
    // The request line of HTTP/0.9 has no version.
    if (isOld) throw unsupportedVersion()
    this.target = target
  }
}
