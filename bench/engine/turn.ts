import type { HttpError } from '@tsgi/core'
import type { Connection } from './connection.ts'
import type { RequestHead } from './request-head.ts'

/** One request on a connection and its response. The connection does everything else. */
export interface Turn {
  /** Starts to respond, immediately or later. */
  start(): void
  /** Receives a piece of the request body after {@link Connection.read}. */
  data(bytes: Buffer): void
  /** Called at the end of the request body. */
  end(): void
  /** Called if the rest of the request will not arrive. */
  broken(error: HttpError): void
  /** Called when the response has ended: completely passed to the system, or cut off with the connection. */
  over(isWhole: boolean): void
}

/**
 * Creates the turn for a request.
 *
 * @throws HttpError if the request is rejected.
 */
export type OpenTurn = (connection: Connection, head: RequestHead) => Turn
