import { HttpError } from '@tsgi/core'
import { checkOptions, readLimits } from '@tsgi/core/options'
import { type BodyReader, LengthReader } from './body-reader.ts'
import { ChunkedReader } from './chunked-body.ts'
import { CHUNKED } from './framing.ts'
import { HeadParser } from './head-parser.ts'
import { type ParserLimits, parserBounds, type ReadLimits } from './limits.ts'
import type { RequestHead } from './request-head.ts'

/** A part of the body of a request. */
export interface BodyData {
  readonly type: 'data'
  /** They share no memory with other bytes, so they can be kept, changed or transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The end of a request, also of one without a body. */
export interface RequestEnd {
  readonly type: 'end'
}

/** The bytes are not a request that the parser accepts. It reads nothing after them. */
export interface ParseFailure {
  readonly type: 'error'
  /** The status and the reason to respond with. */
  readonly error: HttpError
  /** The head of the rejected request up to the error; undefined if there is none, or it was accepted. */
  readonly head: RequestHead | undefined
  /** Whether the request is incomplete, after {@link RequestParser.end}. */
  readonly isCutOff: boolean
}

/** An event of a {@link RequestParser}. */
export type RequestEvent = RequestHead | BodyData | RequestEnd | ParseFailure

/** Reads requests from the bytes of one connection, without I/O. */
export interface RequestParser {
  /** Adds bytes that have arrived. The parser may keep them, so they must not change. */
  push(bytes: Uint8Array): void
  /** Returns the next event, or undefined if it depends on bytes that have not arrived. */
  next(): RequestEvent | undefined
  /** Tells the parser that no more bytes will arrive: a request that is incomplete becomes an error. */
  end(): void
  /** Whether a part of a request has arrived, whose end has not been returned. */
  readonly isWithinRequest: boolean
  /** The bytes that have not been parsed, for another protocol after an upgrade. */
  readonly rest: Uint8Array
}

/**
 * Creates a parser for the requests of one connection. It reads a request only when {@link RequestParser.next} is called, so
 * nothing is parsed before the response to the previous request has begun.
 *
 * The parser is strict: a request that two recipients could read differently is an error, as soon as the byte that makes it
 * one arrives. The README lists what it rejects.
 *
 * Source: RFC 9112.
 *
 * @throws TypeError if a limit is unknown or invalid.
 *
 * @example
 * ```ts
 * import { createRequestParser } from '@tsgi/http1'
 *
 * const parser = createRequestParser()
 * parser.push(Buffer.from('POST /a HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\n\r\nhe'))
 * const head = parser.next()
 * head?.type === 'head' && [head.method, head.target, head.bodyLength] // => ['POST', '/a', 5]
 * parser.next()?.type // => 'data'
 * parser.next() // => undefined
 * parser.push(Buffer.from('llo'))
 * parser.next()?.type // => 'data'
 * parser.next()?.type // => 'end'
 *
 * parser.push(Buffer.from('GET / \r\n'))
 * const failure = parser.next()
 * failure?.type === 'error' && failure.error.status // => 400
 * ```
 */
export function createRequestParser(limits: ParserLimits = {}): RequestParser {
  checkOptions('createRequestParser', limits, Object.keys(parserBounds))
  return new Parser(readLimits('createRequestParser', limits, parserBounds))
}

/** Like {@link createRequestParser}, with limits that were read. */
export class Parser implements RequestParser {
  readonly #limits: ReadLimits
  /** The bytes that have arrived, of which those before `at` were parsed. */
  #bytes: Buffer = EMPTY
  #at = 0
  #head: HeadParser
  #body: BodyReader | undefined
  #state: 'open' | 'ended' | 'failed' = 'open'

  constructor(limits: ReadLimits) {
    this.#limits = limits
    this.#head = new HeadParser(limits)
  }

  push(bytes: Uint8Array): void {
    if (this.#state !== 'open') return
    const chunk = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#bytes = this.#hasMore ? Buffer.concat([this.#bytes.subarray(this.#at), chunk]) : chunk
    this.#at = 0
  }

  next(): RequestEvent | undefined {
    if (this.#state === 'failed') return undefined
    try {
      const event = this.#body === undefined ? this.#readHead() : this.#readBody(this.#body)
      if (event !== undefined || this.#state === 'open' || !this.isWithinRequest) return event
      return this.#fail(new HttpError(400, 'The request was cut off.'), true)
    } catch (error) {
      return this.#fail(error, false)
    }
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
  }

  get isWithinRequest(): boolean {
    if (this.#body !== undefined || this.#head.hasBegun) return true
    // Bytes that `next` has not looked at.
    return this.#bytes.length - this.#at > this.#head.length
  }

  get rest(): Buffer {
    return this.#bytes.subarray(this.#at)
  }

  get #hasMore(): boolean {
    return this.#at < this.#bytes.length
  }

  #readHead(): RequestHead | undefined {
    if (!this.#hasMore) return undefined
    const head = this.#head.parse(this.#bytes, this.#at)
    if (head === undefined) return undefined
    this.#use(this.#at + this.#head.length)
    this.#head = new HeadParser(this.#limits)
    this.#body = bodyReader(head.bodyLength)
    return head
  }

  #readBody(body: BodyReader): BodyData | RequestEnd | undefined {
    if (!body.isOver) {
      this.#use(body.read(this.#bytes, this.#at))
      if (body.data !== undefined) return { type: 'data', bytes: body.data }
      if (!body.isOver) return undefined
    }
    this.#body = undefined
    return END
  }

  /** Forgets the bytes before this position. */
  #use(to: number): void {
    this.#at = to
    if (!this.#hasMore) {
      this.#bytes = EMPTY
      this.#at = 0
    }
  }

  #fail(error: unknown, isCutOff: boolean): ParseFailure {
    if (!(error instanceof HttpError)) throw error
    const head = this.#body === undefined ? this.#head.partial(this.#bytes, this.#at) : undefined
    this.#state = 'failed'
    this.#use(this.#bytes.length)
    return { type: 'error', error, head, isCutOff }
  }
}

function bodyReader(length: number): BodyReader {
  if (length === 0) return NO_BODY
  return length === CHUNKED ? new ChunkedReader() : new LengthReader(length)
}

const EMPTY = Buffer.alloc(0)
const END: RequestEnd = { type: 'end' }
const NO_BODY: BodyReader = { data: undefined, isOver: true, read: (_, at) => at }
