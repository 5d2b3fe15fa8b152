import type { ProblemDetails } from './problem-details.ts'
import type { InputOf, Json } from './schema.ts'

/** A response with a known status and the type of its JSON. */
export type Reply<Status extends number, Body> = {
  readonly status: Status
  readonly ok: `${Status}` extends `2${string}` ? true : false
  json(): Promise<Body>
} & Response

/** The statuses of errors that any route may respond with, by itself or through its middleware. */
type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 504

/** The responses of a route: the declared ones, or problem details with any other status. */
export type ReplyOf<Declared> = Declared extends { readonly responses: infer R }
  ?
      | { [S in keyof R & number]: Reply<S, Json<InputOf<R[S]>>> }[keyof R & number]
      | ProblemReply<Exclude<ErrorStatus, keyof R>>
  : Response

type ProblemReply<Status extends number> = Status extends unknown ? Reply<Status, ProblemDetails> : never

/** The JSON of the responses with a status of 2xx. */
type SuccessOf<Declared> = Declared extends { readonly responses: infer R }
  ? { [S in keyof R & number]: `${S}` extends `2${string}` ? Json<InputOf<R[S]>> : never }[keyof R & number]
  : unknown

/** The promise of a response. */
export interface ReplyPromise<Declared> extends Promise<ReplyOf<Declared>> {
  /**
   * Returns the JSON of a response with a status of 2xx; undefined if it is not JSON.
   *
   * @throws ResponseError if the response has another status.
   */
  orThrow(): Promise<SuccessOf<Declared>>
}
