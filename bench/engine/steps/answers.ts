/** The responses of every step, with the same bytes as those of node:http. */
import { dateField, statusLine } from '../response-head.ts'

export const HELLO = 'Hello world'

/** Returns the response to a POST of JSON. */
export function answerTo(json: string): string {
  return `${JSON.parse(json).items.length} items`
}

export const TYPE = 'text/plain; charset=utf-8'

export function response(body: string): string {
  return `${statusLine(200, '')}${dateField()}content-type: ${TYPE}\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\nkeep-alive: timeout=5\r\n\r\n${body}`
}
