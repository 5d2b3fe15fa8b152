import { empty, json } from '@tsgi/core'
import type { ResponseSchemas } from './openapi/declaration.ts'
import type { InputOf } from './schema/inferred-types.ts'

/**
 * Returns a response with one of the declared statuses. The schema of the status determines the body: JSON, with the type
 * `application/problem+json` for status 400 and above, or none.
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

/** Creates the response of {@link Reply}. */
export function reply(status: number, body?: unknown, init: ReplyInit = {}): Response {
  if (body === undefined) return empty(status, init)
  const headers = new Headers(init.headers)
  if (status >= 400 && !headers.has('content-type')) headers.set('content-type', 'application/problem+json')
  return json(body, { status, headers })
}
