import { HttpError } from '@tsgi/core'
import { trimOws } from '@tsgi/core/http'
import { Framing, framingField, notChunked } from './framing.ts'
import { COLON, CR, FIELD_VALUE, LF, skip, TOKEN } from './grammar.ts'
import type { ReadLimits } from './limits.ts'
import { RequestHead } from './request-head.ts'
import { bareCr } from './request-line.ts'
import { RequestLineParser } from './request-line-parser.ts'

/** The part of the fields that the next byte belongs to. */
type Part = 'name' | 'value' | 'line end' | 'end'

/**
 * Parses one request head that arrives in any pieces, as strictly as RFC 9112 allows: lines end in CRLF, names are tokens
 * followed directly by a colon, values have no control characters, and lines are not folded. Looks at each byte once, and
 * rejects a head at the first byte that is wrong.
 */
export class HeadParser {
  readonly #limits: ReadLimits
  readonly #line: RequestLineParser
  readonly #framing = new Framing()
  #part: Part = 'name'
  /** The next byte to look at. This and the other positions are offsets from the start of the head. */
  #next = 0
  /** The first field line, and the current one. */
  #linesStart = 0
  #lineStart = 0
  #colon = 0
  #count = 0

  constructor(limits: ReadLimits) {
    this.#limits = limits
    this.#line = new RequestLineParser(limits.maxUrlLength)
  }

  /** Whether a part of a request line has arrived. */
  get hasBegun(): boolean {
    return this.#line.hasBegun
  }

  /** The number of bytes that were parsed. */
  get length(): number {
    return this.#next
  }

  /**
   * Parses the head that begins at `start`. Returns it if it is complete; otherwise, call it again with the same bytes
   * followed by more.
   *
   * @throws HttpError if the request must be rejected. The rest of the connection cannot be parsed.
   */
  parse(bytes: Buffer, start: number): RequestHead | undefined {
    const line = this.#line
    if (!line.isOver) {
      line.parse(bytes, start)
      this.#next = line.next
      this.#linesStart = line.next
      this.#lineStart = line.next
    }
    const isWhole = line.isOver && this.#parseFields(bytes, start)
    if (this.#next > this.#limits.maxHeaderSize) {
      throw line.isOver
        ? new HttpError(431, 'The header is too large.')
        : new HttpError(414, 'The request line is too long.')
    }
    return isWhole ? this.#head(bytes, start, this.#framing.bodyLength(line.minorVersion)) : undefined
  }

  /** Returns the head as far as it was parsed, for the log; undefined before the end of the request line. */
  partial(bytes: Buffer, start: number): RequestHead | undefined {
    return this.#line.isOver ? this.#head(bytes, start, 0) : undefined
  }

  /** Returns whether the head is complete. */
  #parseFields(bytes: Buffer, start: number): boolean {
    const end = bytes.length
    let at = start + this.#next
    while (at < end) {
      switch (this.#part) {
        case 'name':
          at = skip(TOKEN, bytes, at)
          if (at === end) break
          this.#colon = at - start
          if (bytes[at] === COLON && this.#colon > this.#lineStart) this.#part = 'value'
          else if (bytes[at] === CR && this.#colon === this.#lineStart) this.#part = 'end'
          else throw new HttpError(400, 'The name of a field is malformed.')
          at++
          break
        case 'value':
          at = skip(FIELD_VALUE, bytes, at)
          if (at === end) break
          if (bytes[at] !== CR) throw malformedValue()
          this.#part = 'line end'
          at++
          break
        case 'line end':
          if (bytes[at] !== LF) throw malformedValue()
          this.#endField(bytes, start, at - 1)
          this.#part = 'name'
          at++
          this.#lineStart = at - start
          break
        case 'end':
          if (bytes[at] !== LF) throw bareCr()
          this.#next = at + 1 - start
          return true
      }
    }
    this.#next = at - start
    return false
  }

  #endField(bytes: Buffer, start: number, end: number): void {
    const { maxHeadersCount } = this.#limits
    if (++this.#count > maxHeadersCount) {
      throw new HttpError(431, `The request has more than ${maxHeadersCount} header fields.`)
    }
    const colon = start + this.#colon
    const field = framingField(bytes, start + this.#lineStart, colon)
    if (field === undefined) return
    const value = bytes.toString('latin1', colon + 1, end)
    // RFC 9112 §5 allows a tab after the value, but node:http and others take it for a part of the coding.
    if (field === 'transfer-encoding' && /\t *$/.test(value)) throw notChunked()
    this.#framing.add(field, trimOws(value))
  }

  #head(bytes: Buffer, start: number, bodyLength: number): RequestHead {
    const { method, target, minorVersion } = this.#line
    const framing = this.#framing
    return new RequestHead(
      {
        method,
        target,
        minorVersion,
        host: framing.host,
        bodyLength,
        keepAlive: framing.keepAlive(minorVersion),
        expectsContinue: framing.expectsContinue(minorVersion),
        hasUpgrade: framing.hasUpgrade,
      },
      bytes.toString('latin1', start + this.#linesStart, start + this.#lineStart),
    )
  }
}

function malformedValue(): HttpError {
  return new HttpError(400, 'The value of a field is malformed.')
}
