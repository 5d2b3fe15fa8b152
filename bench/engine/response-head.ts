import { reasonPhrase } from '@tsgi/core/gateway'

/** Returns the status line with CRLF, such as `HTTP/1.1 200 OK`. The default is the registered reason phrase. */
export function statusLine(status: number, statusText: string): string {
  if (statusText !== '') return `HTTP/1.1 ${status} ${statusText}\r\n`
  statusLines[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`
  return statusLines[status]
}

const statusLines: Record<number, string> = {}

/** Returns the Date field with CRLF (RFC 9110 §6.6.1), created once per second. */
export function dateField(): string {
  const second = Math.trunc(Date.now() / 1000)
  if (second !== dated) {
    dated = second
    date = `date: ${new Date(second * 1000).toUTCString()}\r\n`
  }
  return date
}

let dated = 0
let date = ''
