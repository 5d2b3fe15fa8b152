import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { HttpError } from '@tsgi/core'
import type { ResponsePlan } from '@tsgi/core/gateway'
import { NodeExchange } from '../node-exchange.ts'
import { readHead } from '../request-head.ts'
import type { Settings } from '../settings.ts'
import { limitUnread } from './unread-response.ts'

/** A request over HTTP/2 and its response. */
export class Http2Exchange extends NodeExchange {
  readonly stream: ServerHttp2Stream
  readonly protocol = 'HTTP/2'
  protected readonly gatewayName = 'node:http2'
  #endLimit: (() => void) | undefined

  /** @throws HttpError if the request must be rejected before it reaches the application. */
  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    stream: ServerHttp2Stream,
    settings: Settings,
    expectsContinue: boolean,
  ) {
    const framing = readHead(incoming, settings.limits)
    const socket = stream.session?.socket ?? incoming.socket
    const hasBody = !stream.endAfterHeaders
    super({ incoming, outgoing, socket, framing, hasBody, expectsContinue }, settings)
    this.stream = stream
    outgoing.on('close', () => this.disconnect())
    // If the client resets the stream with NO_ERROR, Node waits until the request has been read.
    stream.on('aborted', () => stream.destroy())
  }

  protected get source(): ServerHttp2Stream {
    return this.stream
  }

  disconnect(): void {
    this.stalled(false)
    this.close(this.stream.writableFinished && this.stream.rstCode === 0)
  }

  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    const { outgoing, stream } = this
    respond(stream, plan)
    if (body === null) outgoing.end()
    else outgoing.end(body, body.length === plan.length ? 'latin1' : 'utf8')
    this.#ended()
  }

  writeHead(plan: ResponsePlan): void {
    respond(this.stream, plan)
  }

  writeEnd(): void {
    this.outgoing.end()
    this.#ended()
  }

  stalled(isStalled: boolean): void {
    this.#endLimit?.()
    this.#endLimit = isStalled ? limitUnread(this.stream, this.settings.limits.sendTimeout) : undefined
  }

  cutOff(): void {
    // The error makes Node reset the stream with INTERNAL_ERROR instead of ending it.
    this.stream.destroy(new Error('The response was cut off'))
  }

  #ended(): void {
    if (this.outgoing.writableLength > 0) this.stalled(true)
    if (!this.hasRest) return
    this.stopReading(new HttpError(400, 'The response ended before the request was read.'))
    closeUnread(this.stream)
  }
}

/** Writes the head of a response. */
export function respond(stream: ServerHttp2Stream, { status, fields, length }: ResponsePlan): void {
  const headers: OutgoingHttpHeaders & Record<string, string | number | string[]> = Object.create(null)
  headers[':status'] = status
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!
    const value = fields[at + 1]!
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else headers[name] = Array.isArray(before) ? [...before, value] : [String(before), value]
  }
  if (length !== undefined) headers['content-length'] = String(length)
  stream.respond(headers)
}

/** Asks the client to stop sending a request whose response is complete (RFC 9113 §8.1). */
export function closeUnread(stream: ServerHttp2Stream): void {
  // Node keeps a stream until its data has been read.
  stream.resume()
  stream.close(constants.NGHTTP2_NO_ERROR)
}
