import type { HttpError } from '@tsgi/core'
import { reasonPhrase } from '@tsgi/core/gateway'
import { dateField, statusLine } from './response-head.ts'

/** Responds to a request that no application sees. The connection ends after it. */
export function lastWords({ status, detail }: HttpError): string {
  const body = JSON.stringify({ type: 'about:blank', title: reasonPhrase(status), status, detail })
  const fields = [
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${body.length}`,
    '',
    body,
  ]
  return `${statusLine(status, '')}${dateField()}${fields.join('\r\n')}`
}
