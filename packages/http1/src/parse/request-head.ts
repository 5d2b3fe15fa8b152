import { trimOws } from '@tsgi/core/http'

/** The parts of a {@link RequestHead} that its parser knows. */
export type HeadParts = Omit<RequestHead, 'type' | 'rawHeaders' | 'field'>

/** A request line and its fields, with the framing of the body. */
export class RequestHead {
  readonly type = 'head'
  readonly method: string
  /** The request target as received. */
  readonly target: string
  readonly minorVersion: 0 | 1
  /** The Host field. Undefined only in HTTP/1.0. */
  readonly host: string | undefined
  /** Length of the body in bytes; -1 if it is chunked. */
  readonly bodyLength: number
  /** Whether the client may send another request on the connection. */
  readonly keepAlive: boolean
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
  /** Whether there is an Upgrade field. The parser ignores it, as RFC 9110 §7.8 allows. */
  readonly hasUpgrade: boolean
  /** The field lines, already checked, each with its CRLF. */
  readonly #lines: string
  #rawHeaders: readonly string[] | undefined

  constructor(parts: HeadParts, lines: string) {
    this.method = parts.method
    this.target = parts.target
    this.minorVersion = parts.minorVersion
    this.host = parts.host
    this.bodyLength = parts.bodyLength
    this.keepAlive = parts.keepAlive
    this.expectsContinue = parts.expectsContinue
    this.hasUpgrade = parts.hasUpgrade
    this.#lines = lines
  }

  /** The names, as received, and values of the fields in turn. Each character of a value is one byte. */
  get rawHeaders(): readonly string[] {
    this.#rawHeaders ??= split(this.#lines)
    return this.#rawHeaders
  }

  /**
   * Returns the value of a field, or the values of several joined by commas, those of `Cookie` by semicolons; undefined if
   * there is none.
   *
   * @param name The name in lower case.
   */
  field(name: string): string | undefined {
    const { rawHeaders } = this
    let joined: string | undefined
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const candidate = rawHeaders[at]!
      if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue
      const value = rawHeaders[at + 1]!
      joined = joined === undefined ? value : `${joined}${name === 'cookie' ? '; ' : ', '}${value}`
    }
    return joined
  }
}

function split(lines: string): string[] {
  const list: string[] = []
  let at = 0
  while (at < lines.length) {
    const colon = lines.indexOf(':', at)
    const end = lines.indexOf('\r\n', colon)
    list.push(lines.slice(at, colon), trimOws(lines.slice(colon + 1, end)))
    at = end + 2
  }
  return list
}
