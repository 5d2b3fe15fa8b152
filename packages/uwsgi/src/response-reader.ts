/** The head of a response, as a uwsgi server wrote it. */
export interface BackendHead {
  readonly status: number
  readonly statusText: string
  /** Names in lower case, each with its value, in their order; a character for each byte. */
  readonly fields: readonly [name: string, value: string][]
}

/**
 * Reads the head of a response from bytes as they come: a status line and header fields, as HTTP/1 has them.
 *
 * Source: RFC 9112 §4 and §5; lines may end in LF alone (§2.2).
 */
export class ResponseReader {
  /** What came after the head in the piece that ended it: the beginning of the body. */
  rest: Buffer = Buffer.alloc(0)
  readonly #maxSize: number
  #bytes: Buffer = Buffer.alloc(0)
  /** Bytes of the interim responses before. */
  #interim = 0

  /** `maxSize` bounds the head, in bytes. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  /**
   * Takes the bytes that came next; gives the head once it is whole.
   *
   * @throws SyntaxError where it is malformed. RangeError where it is too large.
   */
  push(chunk: Buffer): BackendHead | undefined {
    // Where the head may have ended before this chunk, nothing is looked at again.
    let from = Math.max(0, this.#bytes.length - 3)
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    for (;;) {
      const end = headEnd(this.#bytes, from)
      if (this.#interim + (end ?? this.#bytes.length) > this.#maxSize) {
        throw new RangeError(`The head of the response is larger than ${this.#maxSize} bytes`)
      }
      if (end === undefined) return undefined
      const head = parseHead(this.#bytes.toString('latin1', 0, end))
      const rest = this.#bytes.subarray(end)
      if (head.status >= 200) {
        this.rest = rest
        return head
      }
      // RFC 9110 §15.2: an interim response, which another follows.
      if (head.status === 101) throw new SyntaxError('The response switches protocols')
      this.#interim += end
      this.#bytes = rest
      from = 0
    }
  }
}

/** Where the empty line ends that ends the head; undefined where there is none yet. */
function headEnd(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return undefined
}

function parseHead(text: string): BackendHead {
  const [first, ...lines] = text.trimEnd().split(/\r?\n/)
  const [, status, statusText = ''] =
    /^HTTP\/\d(?:\.\d)? ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(first!) ?? []
  if (status === undefined) throw new SyntaxError('The response does not begin with a status line')
  const fields = lines.map((line): [string, string] => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) {
      throw new SyntaxError('The response has a header field that is malformed')
    }
    return [name.toLowerCase(), value.trim()]
  })
  return { status: Number(status), statusText, fields }
}

const LF = 0x0a
const CR = 0x0d
