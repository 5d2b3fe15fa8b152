import { trimOws } from '@tsgi/core/http'
import { describe } from '@tsgi/core/options'
import { isLatin1 } from '../contract/bytes.ts'
import { hasControl, isHopByHop, TOKEN } from '../contract/fields.ts'
import type { WsgiHeaders } from '../contract/types.ts'

/** The validated arguments of `startResponse`. */
export interface ResponseHead {
  readonly status: number
  readonly reason: string
  readonly headers: Headers
  /** The value of `Content-Length`. */
  readonly declared: number | undefined
}

/**
 * Parses the arguments of `startResponse`.
 *
 * @throws TypeError if the status or a header is malformed.
 * @throws RangeError if the status is not from 200 to 599.
 */
export function readHead(status: string, headers: WsgiHeaders): ResponseHead {
  const { code, reason } = readStatus(status)
  if (!Array.isArray(headers)) throw wrong('headers must be an array of [name, value]', headers)
  const made = new Headers()
  for (const field of headers) {
    const [name, value] = readField(field)
    made.append(name, value)
  }
  const length = made.get('content-length')
  if (length !== null && !/^\d{1,15}$/.test(length))
    throw wrong('Content-Length must be decimal digits', length)
  return { status: code, reason, headers: made, declared: length === null ? undefined : Number(length) }
}

function readStatus(status: string): { code: number; reason: string } {
  const [, code, reason = ''] = typeof status === 'string' ? (/^(\d{3}) (.*)$/s.exec(status) ?? []) : []
  if (code === undefined) throw wrong("the status must be like '200 OK'", status)
  if (hasControl(reason)) throw wrong('the status must not have control characters', status)
  if (!isLatin1(reason)) throw wrong('the status must not have characters above U+00FF', status)
  if (code < '200' || code > '599') {
    throw new RangeError(`startResponse: the status must be from 200 to 599, got ${code}`)
  }
  return { code: Number(code), reason: trimOws(reason) }
}

function readField(field: readonly [string, string]): readonly [string, string] {
  if (!Array.isArray(field) || field.length !== 2) throw wrong('a header must be [name, value]', field)
  const [name, value] = field
  if (typeof name !== 'string' || !TOKEN.test(name)) throw wrong('a header name must be a token', name)
  if (typeof value !== 'string') throw wrong(`the value of '${name}' must be a string`, value)
  if (hasControl(value)) throw wrong(`the value of '${name}' must not have control characters`, value)
  if (!isLatin1(value)) throw wrong(`the value of '${name}' must not have characters above U+00FF`, value)
  if (isHopByHop(name)) {
    throw new TypeError(`startResponse: '${name}' is hop-by-hop: only the server can send it`)
  }
  if (name.toLowerCase() === 'status') {
    throw new TypeError(`startResponse: a header named 'Status' would be mistaken for the status`)
  }
  return field
}

function wrong(rule: string, got: unknown): TypeError {
  return new TypeError(`startResponse: ${rule}, got ${describe(got)}`)
}
