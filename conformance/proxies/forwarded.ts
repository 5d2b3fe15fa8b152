/** A request as a proxy has sent it. */
export interface Forwarded {
  /** The value of its X-Proxy field. */
  readonly mark: string
  readonly line: string
  readonly body: string
  readonly isWhole: boolean
}

/**
 * Reads the requests that a proxy has sent on a connection, in the plain way in which proxies write them: one Content-Length
 * or chunks without extensions.
 *
 * @throws Error if something else than a request is there.
 */
export function forwardedIn(sent: string): Forwarded[] {
  const requests: Forwarded[] = []
  let at = 0
  while (at < sent.length) {
    const end = sent.indexOf('\r\n\r\n', at)
    if (end < 0) break
    const [line = '', ...fields] = sent.slice(at, end).split('\r\n')
    const marks = valuesOf(fields, 'x-proxy')
    if (marks.length !== 1 || !/^\S+ \S+ HTTP\/1\.[01]$/.test(line)) {
      throw new Error(`the proxy has sent what is no request: ${JSON.stringify(sent.slice(at, at + 200))}`)
    }
    const [length = '0'] = valuesOf(fields, 'content-length')
    const isChunked = valuesOf(fields, 'transfer-encoding').length > 0
    const { body, next } = isChunked ? chunksIn(sent, end + 4) : bytesIn(sent, end + 4, Number(length))
    requests.push({ mark: marks[0]!, line, body, isWhole: next !== undefined })
    if (next === undefined) break
    at = next
  }
  return requests
}

interface Body {
  readonly body: string
  /** The position after it; undefined if it is incomplete. */
  readonly next: number | undefined
}

function bytesIn(sent: string, at: number, length: number): Body {
  const body = sent.slice(at, at + length)
  return { body, next: body.length === length ? at + length : undefined }
}

function chunksIn(sent: string, start: number): Body {
  let body = ''
  for (let at = start; ; ) {
    const end = sent.indexOf('\r\n', at)
    const size = Number.parseInt(sent.slice(at, end), 16)
    if (end < 0 || end + 2 + size + 2 > sent.length) return { body, next: undefined }
    body += sent.slice(end + 2, end + 2 + size)
    if (size > 0) {
      at = end + 2 + size + 2
      continue
    }
    // Proxies may pass a trailer on.
    const last = sent.indexOf('\r\n\r\n', end)
    return { body, next: last < 0 ? undefined : last + 4 }
  }
}

function valuesOf(fields: readonly string[], name: string): string[] {
  const found = fields.filter((field) => field.toLowerCase().startsWith(`${name}:`))
  return found.map((field) => field.slice(name.length + 1).trim())
}
