import { HttpError } from '@tsgi/core'
import { Delimiter } from './delimiter.ts'
import { parsePartHeaders } from './part-headers.ts'

/** The headers of a part, with names in lower case. */
export type PartHeaders = ReadonlyMap<string, string>

/** What a parser finds next: the headers of a part, some of its bytes, or its end. */
export type PartEvent = PartHeaders | Uint8Array<ArrayBuffer> | 'end'

type State = 'preamble' | 'after boundary' | 'padding' | 'headers' | 'before body' | 'body' | 'epilogue'

const CR = 13
const LF = 10
const DASH = 45

/** Smaller chunks are joined before they are parsed, because each piece of a part costs an object. */
const MIN_CHUNK = 4096

/**
 * Parses a multipart body from chunks of any size, without I/O (RFC 2046 §5.1). Parses no further than to the next event,
 * and never changes bytes that it has returned.
 */
export class MultipartParser {
  /** A line break, two hyphens and the boundary. */
  readonly #delimiter: Delimiter
  readonly #maxHeaderSize: number
  #state: State = 'preamble'
  // With the line break, the first boundary can be at the very start of the body.
  #bytes: Uint8Array<ArrayBuffer> = Uint8Array.of(CR, LF)
  /** The number of bytes that have been parsed. */
  #at = 0
  readonly #chunks: Uint8Array<ArrayBuffer>[] = []
  /** A small chunk, or several in a buffer that may have room for more. */
  #small: Uint8Array<ArrayBuffer> | undefined
  #smallSize = 0
  #isEnded = false

  constructor(boundary: string, maxHeaderSize: number) {
    this.#delimiter = new Delimiter(`\r\n--${boundary}`)
    this.#maxHeaderSize = maxHeaderSize
  }

  /** Adds bytes. They must not change afterwards. */
  write(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#smallSize + chunk.byteLength > MIN_CHUNK) this.#flush()
    if (chunk.byteLength >= MIN_CHUNK) {
      this.#chunks.push(chunk)
      return
    }
    // Most small forms are a single chunk.
    if (this.#small === undefined) this.#small = chunk
    else {
      if (this.#small.byteLength < MIN_CHUNK) this.#small = withRoom(this.#small)
      this.#small.set(chunk, this.#smallSize)
    }
    this.#smallSize += chunk.byteLength
  }

  /** Ends the body. */
  end(): void {
    this.#flush()
    this.#isEnded = true
  }

  /**
   * Returns the next event; undefined if more bytes are needed, or after the end of the body. Throws 400 if the body is
   * malformed or has no closing boundary.
   */
  next(): PartEvent | undefined {
    for (;;) {
      let event = this.#step()
      while (event === 'again') event = this.#step()
      if (event !== undefined) return event
      const chunk = this.#chunks.shift()
      if (chunk === undefined) break
      this.#bytes = joined(this.#bytes.subarray(this.#at), chunk)
      this.#at = 0
    }
    if (this.#isEnded && this.#state !== 'epilogue')
      throw malformed('it is cut off or has no closing boundary')
    return undefined
  }

  #flush(): void {
    if (this.#small !== undefined) this.#chunks.push(this.#small.subarray(0, this.#smallSize))
    this.#small = undefined
    this.#smallSize = 0
  }

  /** Returns an event, or `again` if there was none but more can be parsed. */
  #step(): PartEvent | 'again' | undefined {
    switch (this.#state) {
      case 'preamble':
      case 'body':
        return this.#readToBoundary()
      case 'after boundary':
        return this.#readAfterBoundary()
      case 'padding':
        return this.#readPadding()
      case 'headers':
        return this.#readHeaders()
      case 'before body':
        return this.#readBeforeBody()
      case 'epilogue':
        this.#at = this.#bytes.length
        return undefined
    }
  }

  #readToBoundary(): PartEvent | 'again' | undefined {
    const from = this.#at
    this.#at = this.#delimiter.find(this.#bytes, from)
    if (this.#state === 'body' && this.#at > from) return this.#bytes.subarray(from, this.#at)
    return this.#bytes.length - this.#at >= this.#delimiter.length ? this.#passBoundary() : undefined
  }

  #passBoundary(): 'end' | 'again' {
    const isFirst = this.#state === 'preamble'
    this.#at += this.#delimiter.length
    this.#state = 'after boundary'
    return isFirst ? 'again' : 'end'
  }

  #readAfterBoundary(): 'again' | undefined {
    const [first, second] = this.#bytes.subarray(this.#at, this.#at + 2)
    if (second === undefined) return undefined
    this.#state = first === DASH && second === DASH ? 'epilogue' : 'padding'
    return 'again'
  }

  /** A sender may pad the line of a boundary with white space. */
  #readPadding(): 'again' | undefined {
    while (this.#bytes[this.#at] === 32 || this.#bytes[this.#at] === 9) this.#at++
    const [first = CR, second = LF] = this.#bytes.subarray(this.#at, this.#at + 2)
    if (first !== CR || second !== LF)
      throw malformed('a line starts with the boundary but does not end after it')
    if (this.#bytes.length - this.#at < 2) return undefined
    this.#state = 'headers'
    return 'again'
  }

  /** Starts at the line break before the first header, so that a blank line is found if there are no headers. */
  #readHeaders(): PartEvent | undefined {
    const end = indexOfBlankLine(this.#bytes, this.#at)
    if ((end === -1 ? this.#bytes.length : end) - this.#at - 2 > this.#maxHeaderSize) {
      throw new HttpError(
        413,
        `The headers of a part of the form are larger than ${this.#maxHeaderSize} bytes.`,
      )
    }
    if (end === -1) return undefined
    const headers = parsePartHeaders(this.#bytes.subarray(Math.min(this.#at + 2, end), end))
    this.#at = end + 2
    this.#state = 'before body'
    return headers
  }

  /** Starts at the line break that ends the headers: if the part has no body, it is also the start of the next boundary. */
  #readBeforeBody(): PartEvent | 'again' | undefined {
    const matching = this.#delimiter.match(this.#bytes, this.#at)
    if (matching === this.#delimiter.length) return this.#passBoundary()
    if (this.#at + matching === this.#bytes.length) return undefined
    this.#at += 2
    this.#state = 'body'
    return 'again'
  }
}

function withRoom(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const buffer = new Uint8Array(MIN_CHUNK)
  buffer.set(bytes)
  return buffer
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (a.byteLength === 0) return b
  const bytes = new Uint8Array(a.byteLength + b.byteLength)
  bytes.set(a)
  bytes.set(b, a.byteLength)
  return bytes
}

function indexOfBlankLine(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 3 < bytes.length; at++) {
    if (bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at
  }
  return -1
}

function malformed(why: string): HttpError {
  return new HttpError(400, `The multipart body is malformed: ${why}.`)
}
