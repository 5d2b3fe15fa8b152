/** The responses of every step, with the same bytes as those of node:http. */
import { headText } from '@tsgi/core/gateway'

export const HELLO = 'Hello world'

/** Returns the response to a POST of JSON. */
export function answerTo(json: string): string {
  return `${JSON.parse(json).items.length} items`
}

export const TYPE = 'text/plain; charset=utf-8'

export function response(body: string): string {
  const fields = ['content-type', TYPE]
  const plan = { status: 200, reason: 'OK', fields, length: body.length, body, dropped: undefined }
  return headText(plan, 'connection: keep-alive\r\nkeep-alive: timeout=5\r\n') + body
}
