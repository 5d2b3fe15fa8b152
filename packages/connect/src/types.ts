import type { IncomingMessage, ServerResponse } from 'node:http'

/** Calls the next middleware, or fails the request with an error. */
export type Next = (error?: unknown) => void

/** Middleware for Connect or Express. Express's own handler type is assignable to it. */
export type ConnectMiddleware = {
  // Method parameters are bivariant, so middleware can ask for Express's larger request and response types.
  handle(request: IncomingMessage, response: ServerResponse, next: Next): unknown
}['handle']

/** Node's request with the members that Connect and other middleware add. */
export type ConnectRequest<Added extends object = object> = IncomingMessage & {
  /** The whole request target; `url` lacks the prefix of mounts. */
  readonly originalUrl: string
} & Added

/** The type of `environ.connect`. */
export interface Connected<Added extends object = object> {
  readonly req: ConnectRequest<Added>
}
