import { connectionOptions, isHopByHop, isNullBodyStatus } from '@tsgi/core/gateway'

/** The head of an upstream response. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly hasBody: boolean
}

/**
 * Returns the head of the response for the client: without fields of the connection, and as the contract requires.
 *
 * @param raw Names and values in turn, as bytes.
 * @throws Error if the response cannot be forwarded.
 */
export function responseHead(
  method: string,
  status: number,
  reason: string,
  raw: readonly Buffer[],
  via: string | undefined,
): ResponseHead {
  if (status > 599) throw new Error(`The upstream server sent the status ${status}`)
  const fields = fieldsOf(raw)
  const isEmpty = isNullBodyStatus(status)
  const omitted = omittedFields(fields)
  if (isEmpty) omitted.add('content-type')
  if (status === 101 || status === 204 || status === 205) omitted.add('content-length')
  const headers = new Headers()
  for (const [name, value] of fields) {
    if (isHopByHop(name) || omitted.has(name)) continue
    if (name === 'content-length' || name === 'location') headers.set(name, escapeBytes(value))
    else if (name !== 'set-cookie' || COOKIE.test(value)) headers.append(name, value)
  }
  if (headers.get('location') === '') headers.delete('location')
  // RFC 9110 §15.5.6 requires the field, so it is there even if the upstream server forgot it.
  if (status === 405 && !headers.has('allow')) headers.set('allow', '')
  if (via !== undefined) headers.append('via', `1.1 ${via}`)
  const statusText = /^[\t\x20-\x7e]*$/.test(reason) ? reason : ''
  return { status, statusText, headers, hasBody: method !== 'HEAD' && !isEmpty }
}

const COOKIE = /^[^=;]+=/

function fieldsOf(raw: readonly Buffer[]): [name: string, value: string][] {
  const fields: [string, string][] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    fields.push([raw[at]!.toString('latin1').toLowerCase(), raw[at + 1]!.toString('latin1')])
  }
  return fields
}

function omittedFields(fields: readonly [string, string][]): Set<string> {
  const omitted = new Set(['status', 'proxy-authenticate', 'proxy-authentication-info'])
  for (const [name, value] of fields) {
    if (name === 'connection') for (const listed of connectionOptions(value)) omitted.add(listed)
    // RFC 9112 §6.3: the length does not apply.
    if (name === 'transfer-encoding') omitted.add('content-length')
  }
  return omitted
}

/** Some servers send a path in UTF-8 or with spaces, but a URI is ASCII. */
function escapeBytes(value: string): string {
  return value.replace(
    /[^\x21-\x7e]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
