import { BaseExchange, type Outlet, type ResponsePlan, type ResponseWriter } from '@tsgi/core/gateway'
import type { TurnConnection } from '../connection/turn.ts'
import { CHUNKED } from '../parse/framing.ts'
import type { RequestHead } from '../parse/request-head.ts'
import { serializeHead } from '../serialize/serialize-head.ts'
import type { RequestBody } from './request-body.ts'
import type { Http1Settings } from './settings.ts'

/** An exchange that writes its response to its connection. */
export abstract class Http1ResponseWriter extends BaseExchange implements ResponseWriter {
  abstract readonly connection: TurnConnection
  abstract readonly head: RequestHead
  abstract override readonly settings: Http1Settings
  /** Whether the client waits for `100 Continue` before it sends the body. */
  protected awaitsContinue = false
  /** The body of the request, if the application has asked for it. */
  protected body: RequestBody | undefined
  #outlet: Outlet | undefined
  #isChunked = false
  /** Whether the connection ends with this response, as its head has said. */
  #isLast = false

  get outlet(): Outlet {
    this.#outlet ??= this.#createOutlet()
    return this.#outlet
  }

  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    const { output } = this.connection
    this.connection.skip()
    const head = this.#serialize(plan, this.#hasLongRest)
    if (typeof body === 'string' && body.length === plan.length) output.latin1(head + body)
    else {
      output.latin1(head)
      if (typeof body === 'string') output.utf8(body)
      else if (body !== null) output.bytes(body)
    }
    this.#finish()
  }

  writeHead(plan: ResponsePlan, isAlone: boolean): void {
    const { output } = this.connection
    // A response body that is derived from the request body needs the rest of it.
    const isReading = this.body?.isReading === true
    if (!isReading) this.connection.skip()
    output.latin1(this.#serialize(plan, this.#hasLongRest && !isReading))
    if (isAlone) output.flush()
  }

  writeEnd(): void {
    if (this.#isChunked) this.connection.output.latin1('0\r\n\r\n')
    this.#finish()
  }

  stalled(isStalled: boolean): void {
    this.connection.output.watch(isStalled)
  }

  cutOff(): void {
    const { output, socket } = this.connection
    // The body of an HTTP/1.0 response may end with the connection, so only a reset shows that it is incomplete.
    if (this.head.minorVersion === 0) {
      if (socket.remoteFamily !== undefined && !('encrypted' in socket)) socket.resetAndDestroy()
      socket.destroy()
      return
    }
    output.flush()
    this.stalled(true)
    socket.destroySoon()
  }

  override get isClosed(): boolean {
    // 'close' follows. Writes before that cause errors.
    return this.connection.socket.destroyed || super.isClosed
  }

  #createOutlet(): Outlet {
    const { output, socket } = this.connection
    return {
      write: (chunk) => {
        if (this.#isChunked) output.latin1(`${chunk.length.toString(16)}\r\n`)
        if (typeof chunk === 'string') output.latin1(chunk)
        else output.bytes(chunk)
        if (this.#isChunked) output.latin1('\r\n')
        output.flush()
        return !output.isCongested
      },
      on: (event, listener) => socket.on(event, listener),
      off: (event, listener) => socket.off(event, listener),
    }
  }

  #finish(): void {
    this.body?.abandon()
    this.connection.finish(this.#isLast)
  }

  /** Whether the unread part of the request is too long to drop just to reuse the connection. */
  get #hasLongRest(): boolean {
    const { bodyLength } = this.head
    return this.connection.hasRest && (bodyLength === CHUNKED || bodyLength > SHORT_REST)
  }

  /** @param endsConnection Whether no request can follow because of the unread part of this one. */
  #serialize(plan: ResponsePlan, endsConnection: boolean): string {
    const { connection, head, settings } = this
    const { text, isChunked, isLast } = serializeHead(plan, {
      minorVersion: head.minorVersion,
      keepAlive: Math.floor(settings.limits.keepAliveTimeout / 1_000),
      isLast:
        endsConnection ||
        !head.keepAlive ||
        connection.isBroken ||
        // A client that was not told to continue may send the body or the next request.
        (this.awaitsContinue && connection.hasRest) ||
        // While the server stops, it still responds to requests that have arrived.
        (settings.drain.isBegun && !connection.hasWaiting),
    })
    this.#isChunked = isChunked
    this.#isLast = isLast
    return text
  }
}

/** Maximum number of bytes of a request body that are dropped so that its connection can be reused. */
const SHORT_REST = 64 * 1024
