/** What every step answers, and the same bytes that node:http sends for it. */
import { dateField, statusLine } from '../response-head.ts'

export const HELLO = 'Hello world'

/** What a client learns who posted JSON. */
export function answerTo(json: string): string {
  return `${JSON.parse(json).items.length} items`
}

export const TYPE = 'text/plain; charset=utf-8'

export function response(body: string): string {
  return `${statusLine(200, '')}${dateField()}content-type: ${TYPE}\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\nkeep-alive: timeout=5\r\n\r\n${body}`
}
