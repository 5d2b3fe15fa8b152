import { empty, json } from '@tsgi/core'
import type { ResponseSchemas } from './openapi/declaration.ts'
import type { InputOf } from './schema/standard-schema.ts'

/**
 * Returns a response with one of the declared statuses. The body is what the schema of the status accepts: JSON, with the
 * type `application/problem+json` from status 400 on, or nothing.
 */
export type Reply<R extends ResponseSchemas> = <Status extends keyof R & number>(
  status: Status,
  ...content: ReplyContent<InputOf<R[Status]>>
) => Response

type ReplyContent<Body> = undefined extends Body
  ? [body?: Body, init?: ReplyInit]
  : [body: Body, init?: ReplyInit]

/** The options of {@link Reply}. */
export type ReplyInit = Pick<ResponseInit, 'headers'>

/** Makes the response of {@link Reply}. */
export function reply(status: number, body?: unknown, init: ReplyInit = {}): Response {
  if (body === undefined) return empty(status, init)
  const headers = new Headers(init.headers)
  if (status >= 400 && !headers.has('content-type')) headers.set('content-type', 'application/problem+json')
  return json(body, { status, headers })
}
