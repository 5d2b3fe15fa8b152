import {
  BaseExchange,
  headText,
  type Outlet,
  type ResponsePlan,
  type ResponseWriter,
} from '@tsgi/core/gateway'
import type { Connection } from './connection.ts'
import type { RequestHead } from './request-head.ts'

/** Writes the response of an exchange to its connection. */
export abstract class EngineResponse extends BaseExchange implements ResponseWriter {
  abstract readonly connection: Connection
  abstract readonly head: RequestHead
  /** Whether no request can follow on the connection. */
  abstract readonly isLast: boolean
  /** Called when all of the response was written. */
  protected abstract finish(isLast: boolean): void
  #isChunked = false
  /** Whether the connection ends with this response, as its head has said. */
  #endsConnection = false

  get outlet(): Outlet {
    const { output, socket } = this.connection
    return {
      write: (chunk) => {
        if (this.#isChunked) output.latin1(`${chunk.byteLength.toString(16)}\r\n`)
        output.bytes(chunk)
        if (this.#isChunked) output.latin1('\r\n')
        output.flush()
        return !output.isCongested
      },
      on: (event, listener) => socket.on(event, listener),
      off: (event, listener) => socket.off(event, listener),
    }
  }

  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    const { output, settings } = this.connection
    const { isLast } = this
    const head = headText(plan, isLast ? CLOSE : settings.keepAlive)
    if (typeof body === 'string' && body.length === plan.length) output.latin1(head + body)
    else {
      output.latin1(head)
      if (typeof body === 'string') output.utf8(body)
      else if (body !== null) output.bytes(body)
    }
    this.finish(isLast)
  }

  writeHead(plan: ResponsePlan, isAlone: boolean): void {
    const { output, settings } = this.connection
    this.#isChunked = plan.length === undefined && this.head.minorVersion === 1
    // Without a length and without chunks, the end of the connection is the end of the body.
    this.#endsConnection = this.isLast || (plan.length === undefined && !this.#isChunked)
    const framing = this.#isChunked ? 'transfer-encoding: chunked\r\n' : ''
    output.latin1(headText(plan, framing + (this.#endsConnection ? CLOSE : settings.keepAlive)))
    if (isAlone) output.flush()
  }

  writeEnd(): void {
    if (this.#isChunked) this.connection.output.latin1('0\r\n\r\n')
    this.finish(this.#endsConnection)
  }

  // The output bounds how long the client may read nothing.
  stalled(): void {}

  cutOff(): void {
    const { socket } = this.connection
    // In HTTP/1.0 the end of the connection can be the end of the body, so only a reset shows that it is incomplete.
    if (this.head.minorVersion === 0) socket.resetAndDestroy?.()
    else socket.destroy()
  }
}

const CLOSE = 'connection: close\r\n'
