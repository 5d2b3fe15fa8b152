import { HttpError } from '@tsgi/core'
import { Delimiter } from './delimiter.ts'
import { parsePartHeaders } from './part-headers.ts'

/** Receives the parts of a multipart body as they are parsed. */
export interface PartReceiver {
  /** Starts a part. The names of the headers are in lower case. */
  begin(headers: ReadonlyMap<string, string>): void
  /** Receives bytes of the part's body. They do not change afterwards. */
  data(bytes: Uint8Array<ArrayBuffer>): void
  end(): void
}

type State = 'preamble' | 'after boundary' | 'padding' | 'headers' | 'before body' | 'body' | 'epilogue'

const CR = 13
const LF = 10
const DASH = 45

/** Smaller chunks are joined before they are parsed, because each piece of a part costs an object. */
const MIN_CHUNK = 4096

/** Parses a multipart body from chunks of any size, without I/O (RFC 2046 §5.1). Throws 400 if it is malformed. */
export class MultipartParser {
  /** A line break, two hyphens and the boundary. */
  readonly #delimiter: Delimiter
  readonly #receiver: PartReceiver
  readonly #maxHeaderSize: number
  #state: State = 'preamble'
  // With the line break, the first boundary can be at the very start of the body.
  #bytes: Uint8Array<ArrayBuffer> = Uint8Array.of(CR, LF)
  /** The number of bytes that have been parsed. */
  #at = 0
  #small: Uint8Array<ArrayBuffer> | undefined
  #smallSize = 0

  constructor(boundary: string, receiver: PartReceiver, maxHeaderSize: number) {
    this.#delimiter = new Delimiter(`\r\n--${boundary}`)
    this.#receiver = receiver
    this.#maxHeaderSize = maxHeaderSize
  }

  write(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#smallSize + chunk.byteLength > MIN_CHUNK) this.#flush()
    if (chunk.byteLength >= MIN_CHUNK) {
      this.#parse(chunk)
      return
    }
    this.#small ??= new Uint8Array(MIN_CHUNK)
    this.#small.set(chunk, this.#smallSize)
    this.#smallSize += chunk.byteLength
  }

  /** Ends the body. Throws 400 if the closing boundary is missing. */
  end(): void {
    this.#flush()
    if (this.#state !== 'epilogue') throw malformed('it is cut off or has no closing boundary')
  }

  #flush(): void {
    const bytes = this.#small?.subarray(0, this.#smallSize)
    this.#small = undefined
    this.#smallSize = 0
    if (bytes !== undefined) this.#parse(bytes)
  }

  #parse(chunk: Uint8Array<ArrayBuffer>): void {
    this.#bytes = joined(this.#bytes.subarray(this.#at), chunk)
    this.#at = 0
    while (this.#step()) {}
  }

  /** Returns whether to continue; false if more bytes are needed. */
  #step(): boolean {
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
        return false
    }
  }

  #readToBoundary(): boolean {
    const found = this.#delimiter.find(this.#bytes, this.#at)
    if (this.#state === 'body' && found > this.#at) this.#receiver.data(this.#bytes.subarray(this.#at, found))
    this.#at = found
    return this.#bytes.length - found >= this.#delimiter.length && this.#passBoundary()
  }

  #passBoundary(): true {
    if (this.#state !== 'preamble') this.#receiver.end()
    this.#at += this.#delimiter.length
    this.#state = 'after boundary'
    return true
  }

  #readAfterBoundary(): boolean {
    const [first, second] = this.#bytes.subarray(this.#at, this.#at + 2)
    if (second === undefined) return false
    this.#state = first === DASH && second === DASH ? 'epilogue' : 'padding'
    return true
  }

  /** A sender may pad the line of a boundary with white space. */
  #readPadding(): boolean {
    while (this.#bytes[this.#at] === 32 || this.#bytes[this.#at] === 9) this.#at++
    const [first = CR, second = LF] = this.#bytes.subarray(this.#at, this.#at + 2)
    if (first !== CR || second !== LF)
      throw malformed('a line starts with the boundary but does not end after it')
    if (this.#bytes.length - this.#at < 2) return false
    this.#state = 'headers'
    return true
  }

  /** Starts at the line break before the first header, so that a blank line is found if there are no headers. */
  #readHeaders(): boolean {
    const end = indexOfBlankLine(this.#bytes, this.#at)
    if ((end === -1 ? this.#bytes.length : end) - this.#at - 2 > this.#maxHeaderSize) {
      throw new HttpError(400, `A part of the form has headers larger than ${this.#maxHeaderSize} bytes.`)
    }
    if (end === -1) return false
    const headers = parsePartHeaders(this.#bytes.subarray(Math.min(this.#at + 2, end), end))
    this.#receiver.begin(headers)
    this.#at = end + 2
    this.#state = 'before body'
    return true
  }

  /** Starts at the line break that ends the headers: if the part has no body, it is also the start of the next boundary. */
  #readBeforeBody(): boolean {
    const matching = this.#delimiter.match(this.#bytes, this.#at)
    if (matching === this.#delimiter.length) return this.#passBoundary()
    if (this.#at + matching === this.#bytes.length) return false
    this.#at += 2
    this.#state = 'body'
    return true
  }
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
