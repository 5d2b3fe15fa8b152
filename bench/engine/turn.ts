import type { HttpError } from '@tsgi/core'
import type { Connection } from './connection.ts'
import type { RequestHead } from './request-head.ts'

/** One request on a connection and the response to it. What it is not told to do is done by the connection. */
export interface Turn {
  /** Begins to answer. It may do so at once, or call the connection later. */
  start(): void
  /** Some of the request's body, which the turn asked for with {@link Connection.read}. */
  data(bytes: Buffer): void
  /** The end of the request's body. */
  end(): void
  /** The rest of the request will never come. */
  broken(error: HttpError): void
  /** The response is over: whole with the system, or the connection ended before. */
  over(isWhole: boolean): void
}

/**
 * Makes the turn for a request.
 *
 * @throws HttpError where the request is to be refused.
 */
export type OpenTurn = (connection: Connection, head: RequestHead) => Turn
