/** What happens to the bytes of one connection. */
export interface Outcome {
  /** The requests that the application reads to their end, as `METHOD host/path body`. */
  readonly requests: readonly string[]
  /** The status with which the server rejects what follows them. */
  readonly refusal?: number
  /** Whether the server reads another request on the connection. */
  readonly persists: boolean
}

/** The outcomes that the standard allows. */
export type Expected = readonly Outcome[]

/** One case: its name, the bytes that a client sends, what must happen, and the rule that says so. */
export type Row = readonly [name: string, bytes: string, expected: Expected, source: string]

/** The application reads these requests, and the connection can be used for another one. */
export function reads(...requests: string[]): Expected {
  return [{ requests, persists: true }]
}

/** The application reads these requests, and the server closes the connection. */
export function readsAndCloses(...requests: string[]): Expected {
  return [{ requests, persists: false }]
}

/** The server responds with one of these statuses, and closes the connection without reading what follows. */
export function refused(...statuses: number[]): Expected {
  return readsThenRefused([], ...statuses)
}

/** Like {@link refused}, after requests that the application reads. */
export function readsThenRefused(requests: readonly string[], ...statuses: number[]): Expected {
  return statuses.map((refusal) => ({ requests, refusal, persists: false }))
}

/** The standard leaves the choice. */
export function either(...expected: Expected[]): Expected {
  return expected.flat()
}

/** A request that a vulnerable server finds in what others take for a body. */
export const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'

/** The application responds to requests for this path without reading their body. */
export const UNREAD = '/unread'

export function get(target: string, fields = ''): string {
  return `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
}

export function post(fields: string, body: string): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`
}

/** A POST whose body has the chunked coding; `body` holds the chunks. */
export function chunked(body: string): string {
  return post('Transfer-Encoding: chunked\r\n', body)
}

/** Sent after each case. If the case is accepted, the application must read it; otherwise it must not. */
export const PROBE = 'GET /probe HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n'
