import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Application } from '@tsgi/core'
import { handleRequest, planRejection } from '@tsgi/core/gateway'
import { rejectedRequest } from '../rejected-request.ts'
import type { Settings } from '../settings.ts'
import { closeUnread, Http2Exchange, respond } from './http2-exchange.ts'
import { limitUnread } from './unread-response.ts'

/** Handles one request. Returns its exchange, unless the request was rejected. */
export type Http2Handler = (
  incoming: Http2ServerRequest,
  outgoing: Http2ServerResponse,
  expectsContinue: boolean,
) => Http2Exchange | undefined

/** Returns the function that handles requests with the application. */
export function createHttp2Handler(app: Application, settings: Settings): Http2Handler {
  return function handle(incoming, outgoing, expectsContinue) {
    let exchange: Http2Exchange
    try {
      // Node's objects for HTTP/2 have the members of those for HTTP/1.1, but not their types.
      exchange = new Http2Exchange(
        incoming as unknown as IncomingMessage,
        outgoing as unknown as ServerResponse,
        incoming.stream,
        settings,
        expectsContinue,
      )
    } catch (error) {
      reject(incoming, error, settings)
      return undefined
    }
    handleRequest(app, exchange)
    return exchange
  }
}

/** Rejects a request before it reaches the application. */
export function reject(incoming: Http2ServerRequest, error: unknown, settings: Settings): void {
  const { stream } = incoming
  const socket = stream.session?.socket ?? incoming.socket
  const plan = planRejection(settings, error, rejectedRequest(incoming, socket))
  respond(stream, plan)
  stream.end(plan.body)
  stream.on('close', limitUnread(stream, settings.limits.sendTimeout))
  if (!stream.endAfterHeaders) closeUnread(stream)
}
