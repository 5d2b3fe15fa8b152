import { isNullBodyStatus } from '../../http/status.ts'

/**
 * Part of the init of every response that is created from another. Workers would compress a body once more if it has a
 * `Content-Encoding`; other runtimes ignore the member.
 */
export const SENT_AS_IS: { readonly encodeBody: 'manual' } = { encodeBody: 'manual' }

/** Converts the status of a response's init as the Fetch standard does. */
export function toStatus(value: number | undefined): number {
  if (value === undefined || value === 200) return 200
  const status = Math.trunc(Number(value)) || 0
  if (status < 200 || status > 599) {
    throw new RangeError(`Response: status must be from 200 to 599, got ${String(value)}`)
  }
  return status
}

export function toStatusText(value: string | undefined): string {
  if (value === undefined || value === '') return ''
  const text = String(value)
  // RFC 9112 §4: reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text))
    throw new TypeError('Response: statusText is not a reason phrase')
  return text
}

export function assertBodyAllowed(status: number): void {
  if (isNullBodyStatus(status)) throw new TypeError(`Response with status ${status} must have no body`)
}
