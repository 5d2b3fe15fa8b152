import type { IncomingMessage, ServerResponse } from 'node:http'

/** Goes on to what the middleware stands around, or fails with an error. */
export type Next = (error?: unknown) => void

/**
 * Middleware of Connect and Express. Express's own type of handlers fits as well: its request and response are more
 * than Node's, which is for the middleware to know.
 */
export type ConnectMiddleware = {
  // A method's parameters may be more than what is declared; a function type's may not.
  handle(request: IncomingMessage, response: ServerResponse, next: Next): unknown
}['handle']

/** Node's request, as Connect has it, and what middleware has added. */
export type ConnectRequest<Added extends object = object> = IncomingMessage & {
  /** The whole request target, whatever was mounted since. */
  readonly originalUrl: string
} & Added

/** What {@link connect} provides. */
export interface Connected<Added extends object = object> {
  readonly req: ConnectRequest<Added>
}
