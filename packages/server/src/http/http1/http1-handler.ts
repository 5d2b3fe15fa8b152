import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Application } from '@tsgi/core'
import { handleRequest, planRejection } from '@tsgi/core/gateway'
import { rejectedRequest } from '../rejected-request.ts'
import type { Settings } from '../settings.ts'
import { connectionOf } from './connection.ts'
import { Http1Exchange } from './http1-exchange.ts'

/** Handles one request. */
export type Http1Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Returns the function that handles requests with the application, one at a time on each connection. */
export function createHttp1Handler(
  app: Application,
  settings: Settings,
  expectsContinue = false,
): Http1Handler {
  return function handle(incoming, outgoing) {
    connectionOf(incoming.socket).receive(incoming, outgoing, begin)
  }

  function begin(incoming: IncomingMessage, outgoing: ServerResponse): void {
    let exchange: Http1Exchange
    try {
      exchange = new Http1Exchange(incoming, outgoing, settings, expectsContinue)
    } catch (error) {
      reject(incoming, outgoing, error, settings)
      return
    }
    handleRequest(app, exchange)
  }
}

/** Rejects a request before it reaches the application. */
export function reject(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  error: unknown,
  settings: Settings,
): void {
  const plan = planRejection(settings, error, rejectedRequest(incoming, incoming.socket))
  connectionOf(incoming.socket).finish()
  // The start of the next request is unknown.
  const fields = [...plan.fields, 'content-length', String(plan.length), 'connection', 'close']
  outgoing.writeHead(plan.status, plan.reason, fields)
  outgoing.end(plan.body)
}
