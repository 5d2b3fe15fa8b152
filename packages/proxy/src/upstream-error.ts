import { HttpError } from '@tsgi/core'

/** Returns the response to a request that failed before the head of its response. */
export function upstreamError(cause: unknown): HttpError {
  if (cause instanceof HttpError) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const [status, detail, retryAfter] = RESPONSES[code] ?? [502, 'The upstream server did not respond.']
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  return new HttpError(status, detail, { cause, headers })
}

/** Returns the error of a request whose client has disconnected. A status below 500 is not reported. */
export function clientLeft({ reason }: AbortSignal): HttpError {
  return new HttpError(499, 'The client disconnected.', { cause: reason })
}

const TIMED_OUT = 'The upstream server timed out.'
const UNREACHABLE = 'The upstream server cannot be reached.'
const INVALID = 'The upstream server sent an invalid response.'

/** The responses for the codes of errors: status, detail and `Retry-After` in seconds. */
const RESPONSES: Readonly<Record<string, [status: number, detail: string, retryAfter?: string]>> = {
  ECONNREFUSED: [502, UNREACHABLE, '5'],
  // The file of a Unix socket.
  ENOENT: [502, UNREACHABLE, '5'],
  EHOSTUNREACH: [502, UNREACHABLE],
  ENETUNREACH: [502, UNREACHABLE],
  ENOTFOUND: [502, UNREACHABLE],
  ETIMEDOUT: [504, TIMED_OUT],
  UND_ERR_CONNECT_TIMEOUT: [504, TIMED_OUT],
  UND_ERR_HEADERS_TIMEOUT: [504, TIMED_OUT],
  UND_ERR_HEADERS_OVERFLOW: [502, INVALID],
  UND_ERR_CLOSED: [503, 'The proxy is closed.'],
  UND_ERR_DESTROYED: [503, 'The proxy is closed.'],
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: [400, 'The length of the request body is not its Content-Length.'],
}
