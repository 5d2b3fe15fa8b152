/** The length of a body that says it by its chunks. */
export const CHUNKED = -1

/** What a request line and its fields said of the request, framing decided. */
export class RequestHead {
  readonly method: string
  readonly target: string
  readonly minorVersion: 0 | 1
  /** The Host field; absent only in HTTP/1.0. */
  readonly host: string | undefined
  /** Bytes of the body; {@link CHUNKED} where its chunks say. */
  readonly bodyLength: number
  /** Whether the client means to send another request on the connection. */
  readonly keepAlive: boolean
  /** Whether the client waits to be told that it may send its body. */
  readonly awaitsContinue: boolean
  /** The field lines, checked already. */
  readonly #lines: string

  constructor(init: Omit<RequestHead, 'fields'>, lines: string) {
    this.method = init.method
    this.target = init.target
    this.minorVersion = init.minorVersion
    this.host = init.host
    this.bodyLength = init.bodyLength
    this.keepAlive = init.keepAlive
    this.awaitsContinue = init.awaitsContinue
    this.#lines = lines
  }

  /** The fields as they came, names and values. Nothing is taken apart before someone asks. */
  fields(): [string, string][] {
    const lines = this.#lines
    const list: [string, string][] = []
    let at = 0
    while (at < lines.length) {
      const colon = lines.indexOf(':', at)
      const end = lines.indexOf('\r\n', colon)
      list.push([lines.slice(at, colon), trimmed(lines, colon + 1, end)])
      at = end + 2
    }
    return list
  }
}

/** A field value without the SP and HTAB around it, which are all that it may be padded with. */
export function trimmed(text: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
