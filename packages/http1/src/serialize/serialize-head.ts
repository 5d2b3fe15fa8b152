import { headText, type ResponsePlan } from '@tsgi/core/gateway'

/** How {@link serializeHead} frames a response. */
export interface HeadOptions {
  /** The minor version of the request. HTTP/1.0 has no chunks. Default: 1. */
  readonly minorVersion?: 0 | 1
  /** Whether no request can follow on the connection. Default: false. */
  readonly isLast?: boolean
  /** The time that an idle connection stays open in seconds, which the client is told. Default: not told. */
  readonly keepAlive?: number
}

/** The head of a response. */
export interface SerializedHead {
  /** Status line and fields, up to the empty line. Each character is one byte. */
  readonly text: string
  /** Whether the body must be sent in chunks. */
  readonly isChunked: boolean
  /** Whether the connection must be closed after the response, because no request can follow or the body ends with it. */
  readonly isLast: boolean
}

/**
 * Serializes the head of a response, and decides how its body is framed: by Content-Length if its length is known,
 * otherwise in chunks, or in HTTP/1.0 by the end of the connection (RFC 9112 §6).
 *
 * @throws TypeError if a field value contains a control character; `Headers` does not reject all of them.
 *
 * @example
 * ```ts
 * import { stream } from '@tsgi/core'
 * import { planResponse } from '@tsgi/core/gateway'
 * import { serializeHead } from '@tsgi/http1'
 *
 * const plan = planResponse(stream(['Hello'], { headers: { date: 'Sat, 28 Nov 2026 12:00:00 GMT' } }), 'GET')
 * const { text, isChunked } = serializeHead(plan)
 * text.split('\r\n')[0] // => 'HTTP/1.1 200 OK'
 * isChunked // => true
 * serializeHead(plan, { minorVersion: 0 }).isLast // => true
 * ```
 */
export function serializeHead(
  plan: ResponsePlan,
  { minorVersion = 1, isLast: isFinal = false, keepAlive }: HeadOptions = {},
): SerializedHead {
  const { length, body, upgrade } = plan
  const isUnbounded = length === undefined && body !== null
  const isChunked = isUnbounded && minorVersion === 1
  const isLast = isFinal || (isUnbounded && !isChunked)
  let framing = isChunked ? 'transfer-encoding: chunked\r\n' : ''
  if (upgrade !== undefined) framing += 'connection: upgrade\r\n'
  if (isLast) framing += 'connection: close\r\n'
  else if (keepAlive !== undefined)
    framing += `connection: keep-alive\r\nkeep-alive: timeout=${keepAlive}\r\n`
  const sent = upgrade === undefined ? plan : { ...plan, fields: [...plan.fields, 'upgrade', upgrade] }
  return { text: headText(sent, framing), isChunked, isLast }
}
