import { hasName } from '../http/header-pairs.ts'
import type { ResponsePlan } from './response-plan.ts'

/**
 * Returns the head of a response as text, for a gateway that writes HTTP/1.1 itself: status line, `Date`, the plan's
 * fields and its `Content-Length`, up to the empty line. Each character is one byte.
 *
 * @param framing Additional fields, each with its line ending, such as `connection: close\r\n`.
 * @throws TypeError if a field value contains a control character; `Headers` does not reject all of them.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { headText, planResponse } from '@tsgi/core/gateway'
 *
 * const plan = planResponse(text('Hello', { headers: { date: 'Sat, 28 Nov 2026 12:00:00 GMT' } }), 'GET')
 * const lines = headText(plan, 'connection: close\r\n').split('\r\n')
 * lines[0] // => 'HTTP/1.1 200 OK'
 * lines.slice(3) // => ['content-length: 5', 'connection: close', '', '']
 * ```
 */
export function headText({ status, reason, fields, length }: ResponsePlan, framing: string): string {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`
  if (!hasName(fields, 'date')) text += `date: ${date()}\r\n`
  for (let at = 0; at < fields.length; at += 2) {
    const value = fields[at + 1]!
    if (NOT_A_VALUE.test(value)) {
      throw new TypeError(`The application's field '${fields[at]}' holds a control character`)
    }
    text += `${fields[at]}: ${value}\r\n`
  }
  if (length !== undefined) text += `content-length: ${length}\r\n`
  return `${text}${framing}\r\n`
}

/** RFC 9110 §5.5 */
const NOT_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/

let second = 0
let formatted = ''

/** The value of the `Date` field (RFC 9110 §6.6.1), formatted once a second. */
function date(): string {
  const now = Math.trunc(Date.now() / 1000)
  if (now !== second) {
    second = now
    formatted = new Date(now * 1000).toUTCString()
  }
  return formatted
}
