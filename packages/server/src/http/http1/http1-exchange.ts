import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ResponsePlan, unreadTimeout } from '@tsgi/core/gateway'
import { isWide, NodeExchange } from '../node-exchange.ts'
import { readHead } from '../request-head.ts'
import type { Settings } from '../settings.ts'
import { type Connection, connectionOf } from './connection.ts'
import { joinSmallChunks } from './small-chunks.ts'
import { discardRest, restUnread } from './unread-request.ts'

/** A request over HTTP/1.1 or HTTP/1.0 and its response. */
export class Http1Exchange extends NodeExchange {
  connection: Connection
  /** Whether the client expects `100 Continue` although the request has no body. */
  readonly #expectsNothing: boolean
  protected readonly gatewayName = 'node:http'
  /** Expires if the client does not read the response. */
  #unread: NodeJS.Timeout | undefined

  /** @throws HttpError if the request must be rejected before it reaches the application. */
  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    settings: Settings,
    expectsContinue: boolean,
  ) {
    const { socket } = incoming
    const framing = readHead(incoming, settings.limits)
    if (framing.coding !== undefined) joinSmallChunks(incoming)
    const hasBody = framing.coding !== undefined || (framing.length ?? 0) > 0
    super({ incoming, outgoing, socket, framing, hasBody, expectsContinue }, settings)
    this.#expectsNothing = expectsContinue && !hasBody
    this.connection = connectionOf(socket)
    this.connection.begin(this)
    outgoing.on('close', () => this.disconnect())
  }

  get protocol(): string {
    return `HTTP/${this.incoming.httpVersion}`
  }

  protected get source(): IncomingMessage {
    return this.incoming
  }

  get allowsInterim(): boolean {
    return this.incoming.httpVersionMinor === 1 && !this.outgoing.headersSent
  }

  sendInterim(): void {
    if (!this.outgoing.destroyed) this.outgoing.writeContinue()
  }

  disconnect(): void {
    const { outgoing, incoming } = this
    // Node detaches the socket when the whole response is written; Node 22 also when writing has failed. A closed
    // socket stays attached.
    const isWritten =
      outgoing.writableFinished && outgoing.socket === null && incoming.socket.errored === null
    this.close(isWritten)
  }

  override close(isWhole: boolean): void {
    clearTimeout(this.#unread)
    super.close(isWhole)
    this.connection.end(this)
  }

  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    const { outgoing } = this
    // A Connection field of the response would make Node ignore that of the request.
    const isUnwanted = plan.upgrade !== undefined && !outgoing.shouldKeepAlive
    this.#writeHead(plan, this.#hasLongRest || this.isBroken || isUnwanted)
    if (body === null) outgoing.end()
    else if (typeof body !== 'string' || (body.length === plan.length && body.length <= LONG_TEXT)) {
      outgoing.end(body, 'latin1')
    } else {
      // Node would encode head and text together, which is slower, and the head as UTF-8.
      outgoing.end(Buffer.from(body))
    }
    this.#finish()
  }

  writeHead(plan: ResponsePlan, isAlone: boolean): void {
    const { outgoing } = this
    // A response body that is derived from the request body needs the rest of it.
    this.#writeHead(plan, this.isBroken || (this.#hasLongRest && !this.isReading))
    if (!isAlone) return
    // Node would encode the head as UTF-8; header bytes are latin1.
    if (isWide(plan)) outgoing.write('', 'latin1')
    else outgoing.flushHeaders()
  }

  writeEnd(): void {
    this.outgoing.end()
    this.#finish()
  }

  stalled(isStalled: boolean): void {
    const { incoming, outgoing, settings } = this
    const { sendTimeout } = settings.limits
    clearTimeout(this.#unread)
    // A response that waits for earlier ones is not stalled by the client.
    if (outgoing.socket === null || sendTimeout === 0) return
    const { socket } = incoming
    socket.setTimeout(isStalled ? sendTimeout : 0)
    if (!isStalled) return
    // Whatever the client sends extends the socket's own timeout.
    this.#unread = setTimeout(() => socket.destroy(), unreadTimeout(sendTimeout, outgoing.writableLength))
  }

  cutOff(): void {
    const { incoming, outgoing } = this
    const { socket } = incoming
    if (outgoing.socket === null) {
      outgoing.destroy()
      return
    }
    // The body of an HTTP/1.0 response may end with the connection, so only a reset shows that it is incomplete.
    if (incoming.httpVersionMinor === 0) {
      if (socket.remoteFamily !== undefined && !('encrypted' in socket)) socket.resetAndDestroy()
      outgoing.destroy()
      return
    }
    this.stalled(true)
    socket.destroySoon()
  }

  /** Whether the unread part of the request is too long to discard just to reuse the connection. */
  get #hasLongRest(): boolean {
    if (!this.hasRest || this.incoming.complete) return false
    return (this.declared ?? Number.POSITIVE_INFINITY) > SHORT_REST
  }

  /** @param isLast Whether no further request can follow on the connection. */
  #writeHead({ status, reason, fields, length, upgrade }: ResponsePlan, isLast: boolean): void {
    const { connection, outgoing, settings } = this
    const sent = [...fields]
    if (length !== undefined) sent.push('content-length', String(length))
    if (upgrade !== undefined) sent.push('upgrade', upgrade, 'connection', 'upgrade')
    // While the server stops, it still responds to requests that have arrived.
    // A client that was not told to continue may send the body or the next request.
    if (isLast || this.awaitsContinue || (settings.drain.isBegun && !connection.hasWaiting)) {
      sent.push('connection', 'close')
      connection.finish()
    } else if (settings.keepAlive !== undefined && outgoing.shouldKeepAlive) {
      sent.push('keep-alive', settings.keepAlive)
      // By default, Node closes the connection after a response without a 100.
      if (this.#expectsNothing) sent.push('connection', 'keep-alive')
    }
    outgoing.writeHead(status, reason, sent)
  }

  /** Drops the rest of the request. The response was written as a whole. */
  #finish(): void {
    const { connection, incoming, outgoing } = this
    if (outgoing.writableLength > 0) this.stalled(true)
    if (!this.hasRest || this.isBroken) return
    // After the last response, the connection drops whatever arrives.
    if (connection.isEnding) this.stopReading(restUnread())
    else {
      discardRest(this, () => {
        connection.rest()
        if (!incoming.complete) incoming.socket.destroy()
      })
    }
  }
}

/** Maximum number of characters in a body that Node sends together with the head. */
const LONG_TEXT = 4096

/** Maximum number of bytes of a request body that are discarded so that its connection can be reused. */
const SHORT_REST = 64 * 1024
