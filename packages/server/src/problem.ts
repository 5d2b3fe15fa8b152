import type { HttpError } from '@tsgi/core'
import { reasonPhrase } from '@tsgi/core/gateway'

/** The answer to a request that no application sees, because there is no environ to be made of it. */
export function problem({ status, detail }: HttpError): { fields: string[]; body: string } {
  const members = { type: 'about:blank', title: reasonPhrase(status), status }
  const body = JSON.stringify(detail === undefined ? members : { ...members, detail })
  return {
    fields: ['content-type', 'application/problem+json', 'content-length', String(Buffer.byteLength(body))],
    body,
  }
}
