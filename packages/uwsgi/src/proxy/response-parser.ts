import { trimOws } from '@tsgi/core/http'

/** The status line and header fields of a response. */
export interface ParsedHead {
  readonly status: number
  readonly statusText: string
  /** In the order received, with names in lower case; one character per byte. */
  readonly fields: readonly [name: string, value: string][]
}

/**
 * An incremental parser for the head of a response: a status line and header fields as in HTTP/1.
 *
 * Source: RFC 9112 §4 and §5; accepts lines that end in a bare LF (§2.2).
 */
export class ResponseParser {
  /** The bytes after the head in the last chunk: the beginning of the body. */
  rest: Uint8Array<ArrayBuffer> = new Uint8Array()
  readonly #maxSize: number
  #bytes: Buffer<ArrayBuffer> = Buffer.alloc(0)
  /** Total size of the interim responses so far. */
  #interimSize = 0

  /** `maxSize` is the maximum size of the head in bytes, interim responses included. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  /**
   * Adds the next chunk. Returns the head when it is complete, undefined until then.
   *
   * @throws SyntaxError if the head is malformed.
   * @throws RangeError if the head is too large.
   */
  push(chunk: Uint8Array<ArrayBuffer>): ParsedHead | undefined {
    // The empty line can have begun in the previous chunk.
    let from = Math.max(0, this.#bytes.length - 3)
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    for (;;) {
      const end = headEnd(this.#bytes, from)
      if (this.#interimSize + (end ?? this.#bytes.length) > this.#maxSize) {
        throw new RangeError(`The head of the response is larger than ${this.#maxSize} bytes`)
      }
      if (end === undefined) return undefined
      const head = parseHead(this.#bytes.toString('latin1', 0, end))
      const rest = this.#bytes.subarray(end)
      if (head.status >= 200) {
        this.rest = new Uint8Array(rest)
        return head
      }
      // Interim responses precede the final one (RFC 9110 §15.2).
      if (head.status === 101) throw new SyntaxError('The response switches protocols')
      this.#interimSize += end
      this.#bytes = rest
      from = 0
    }
  }
}

/** Returns the offset after the empty line, or undefined if it has not arrived. */
function headEnd(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return undefined
}

function parseHead(text: string): ParsedHead {
  const [first, ...lines] = text.replace(/(?:\r?\n){2}$/, '').split(/\r?\n/)
  const [, status, statusText = ''] =
    /^HTTP\/\d(?:\.\d)? ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(first!) ?? []
  if (status === undefined) throw new SyntaxError('The response does not begin with a status line')
  const fields = lines.map((line): [string, string] => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) {
      throw new SyntaxError('The response has a malformed header field')
    }
    return [name.toLowerCase(), trimOws(value)]
  })
  return { status: Number(status), statusText, fields }
}

const LF = 0x0a
const CR = 0x0d
