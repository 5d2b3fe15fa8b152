/** The length of a chunked body. */
export const CHUNKED = -1

/** A parsed request line and its fields, with the framing of the body. */
export class RequestHead {
  readonly method: string
  readonly target: string
  readonly minorVersion: 0 | 1
  /** The Host field. Undefined only in HTTP/1.0. */
  readonly host: string | undefined
  /** Length of the body in bytes, or {@link CHUNKED}. */
  readonly bodyLength: number
  /** Whether the client may send another request on the connection. */
  readonly keepAlive: boolean
  /** Whether the client waits for 100 Continue. */
  readonly awaitsContinue: boolean
  /** The field lines, already checked. */
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

  /** The names and values of the fields, unchanged. Split on first use. */
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

/** Returns a field value without surrounding SP and HTAB. */
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
