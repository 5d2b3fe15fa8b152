import type { ErrorLog } from '@tsgi/core'
import { isHopByHop, reasonPhrase } from '@tsgi/core/gateway'

/** The head of a response as it will be sent, and what the application said of the body's length. */
export interface ResponseHead {
  readonly status: number
  /** The status line and the fields, without those that frame the body. */
  readonly text: string
  readonly declared: number | undefined
}

/** Whether a field is not the application's: hop-by-hop, or `Status`, which some front ends take for theirs. */
export function isGateways(name: string): boolean {
  return name === 'status' || isHopByHop(name)
}

/**
 * The head of a response. What an application may not set is reported and left out.
 *
 * @throws TypeError where the `Content-Length` is none.
 */
export function responseHead(
  { status, statusText }: Response,
  fields: readonly string[] | Headers,
  errors: ErrorLog,
): ResponseHead {
  let text = `HTTP/1.1 ${status} ${statusText === '' ? reasonPhrase(status) : statusText}\r\n`
  let declared: number | undefined
  let dated = false
  const add = (name: string, value: string) => {
    if (name === 'content-length') {
      declared = parseLength(value)
    } else if (isGateways(name)) {
      errors.write(new TypeError(`The application set '${name}', which is the gateway's to set: not sent`))
    } else {
      if (name === 'date') dated = true
      text += `${name}: ${value}\r\n`
    }
  }
  if (fields instanceof Headers) for (const [name, value] of fields) add(name, value)
  else for (let at = 0; at < fields.length; at += 2) add(fields[at]!, fields[at + 1]!)
  if (!dated) text += `date: ${new Date().toUTCString()}\r\n`
  return { status, text, declared }
}

/**
 * The bytes of the head, framed for a body of `length` bytes; `undefined` is one that the connection's end ends. The
 * connection always ends with the response, which the routers of uWSGI pass on to the client.
 */
export function headBytes({ text }: ResponseHead, length: number | undefined): Buffer {
  const framing = length === undefined ? '' : `content-length: ${length}\r\n`
  return Buffer.from(`${text}${framing}connection: close\r\n\r\n`, 'latin1')
}

function parseLength(value: string): number {
  if (!/^\d{1,15}$/.test(value))
    throw new TypeError(`The application's Content-Length is '${value}', not a length`)
  return Number(value)
}
