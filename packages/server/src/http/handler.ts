import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { type Application, type ErrorLog, HttpError } from '@tsgi/core'
import { answerInTime, exchangeSettings, reasonPhrase } from '@tsgi/core/gateway'
import { accessOf, identify } from '../observe/access-log.ts'
import { clientResolver, type ProxyHeaders, type TrustProxy } from '../proxies/trust-proxy.ts'
import { carrierOf, connectionOf } from './connection.ts'
import { closeUnread } from './end-response.ts'
import { NodeExchange } from './exchange.ts'
import { type RequestLimits, requestLimits } from './limits.ts'
import { problem } from './problem.ts'
import { writeHead2 } from './response-head.ts'
import type { Settings } from './settings.ts'
import { peerOf, protocolOf, streamOf } from './transport.ts'
import { writeResponse } from './write-response.ts'

/** The options of {@link toNodeListener}. */
export interface ListenerOptions extends RequestLimits {
  /** Where problems are reported; standard error unless given. */
  readonly errors?: ErrorLog
  /**
   * The proxies in front whose fields are believed: a number of hops, or a list of addresses and CIDR ranges. None by
   * default.
   */
  readonly trustProxy?: TrustProxy
  /**
   * The fields that these proxies write: `X-Forwarded-For`, `-Proto` and `-Host` unless it is `'forwarded'`, which is
   * RFC 7239's `Forwarded`. The others are not read: a proxy passes on what a client has forged in them.
   */
  readonly proxyHeaders?: ProxyHeaders
}

/** Answers one request of a Node server. */
export type Handler = (incoming: Incoming, outgoing: Outgoing, expectsContinue: boolean) => void

/** Node's objects for a request and its response. */
export type Incoming = IncomingMessage | Http2ServerRequest
export type Outgoing = ServerResponse | Http2ServerResponse

/** What the requests of one listener share, from its options. */
export function listenerSettings(
  app: Application,
  options: ListenerOptions,
  factory: string,
  onResponseClosed: () => void,
): Settings {
  return {
    ...exchangeSettings(factory, app, options),
    limits: requestLimits(options, factory),
    resolveClient: clientResolver(
      options.trustProxy ?? false,
      options.proxyHeaders ?? 'x-forwarded',
      factory,
    ),
    closing: false,
    observers: [],
    multiprocess: false,
    accessLog: undefined,
    keepAlive: undefined,
    onResponseClosed,
  }
}

/** The function that answers requests with the application. */
export function createHandler(app: Application, settings: Settings): Handler {
  const { requestTimeout } = settings.limits
  return function handle(request, result, expectsContinue) {
    // Node makes those of HTTP/2 so that they pass for those of HTTP/1.1, but not their types.
    const incoming = request as IncomingMessage
    const outgoing = result as ServerResponse
    const connection = connectionOf(carrierOf(incoming))
    // Nobody can be answered after the last response of a connection.
    if (connection.isEnding) return
    if (connection.mustWait(outgoing)) connection.postpone(() => begin(incoming, outgoing, expectsContinue))
    else begin(incoming, outgoing, expectsContinue)
  }

  function begin(incoming: IncomingMessage, outgoing: ServerResponse, expectsContinue: boolean): void {
    let exchange: NodeExchange
    try {
      exchange = new NodeExchange(incoming, outgoing, settings, expectsContinue)
    } catch (error) {
      refuse(incoming, outgoing, error, settings)
      return
    }
    for (const observer of settings.observers) observer.began(exchange)
    answerInTime(app, exchange, requestTimeout, writeResponse)
  }
}

/** Answers a request that no application sees. */
export function refuse(request: Incoming, result: Outgoing, error: unknown, settings: Settings): void {
  const incoming = request as IncomingMessage
  const outgoing = result as ServerResponse
  const known = error instanceof HttpError ? error : new HttpError(500)
  if (known !== error) settings.errors.write(error)
  const { fields, body } = problem(known)
  if (settings.accessLog !== undefined)
    fields.push('x-request-id', logRefusal(incoming, known, body, settings))
  const stream = streamOf(incoming)
  if (stream !== undefined) {
    writeHead2(stream, known.status, fields)
    stream.end(body)
    if (!stream.endAfterHeaders) closeUnread(stream)
    return
  }
  connectionOf(incoming.socket).finish()
  // Where the next request would begin is uncertain.
  outgoing.writeHead(known.status, reasonPhrase(known.status), [...fields, 'connection', 'close'])
  outgoing.end(body)
}

function logRefusal(
  incoming: IncomingMessage,
  { status }: HttpError,
  body: string,
  settings: Settings,
): string {
  const requestId = identify(incoming)
  const protocol = protocolOf(incoming)
  const remoteAddress = peerOf(incoming)
  const { host = '' } = incoming.headers
  const bytes = Buffer.byteLength(body)
  settings.accessLog?.(
    accessOf(
      incoming,
      { requestId, remoteAddress, protocol, host, status },
      { bytes, duration: 0, aborted: false },
    ),
  )
  return requestId
}
