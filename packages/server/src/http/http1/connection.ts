import type { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { HttpError } from '@tsgi/core'
import { type AwaitedResponse, watchHalfClosed } from '@tsgi/core/gateway'
import { endWith, type Failure, linger } from './last-response.ts'
import { joinSmallChunks } from './small-chunks.ts'
import { pause } from './unread-request.ts'

/** The part of an exchange that its connection needs. */
interface OpenExchange extends AwaitedResponse {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** Whether the rest of the request can never arrive. */
  readonly isBroken: boolean
  breakOff(error: HttpError): void
  disconnect(): void
}

/** The state of an HTTP/1.1 connection, which handles one request at a time. */
export class Connection {
  /** The current exchange. */
  open: OpenExchange | undefined
  /** Whether further bytes are not treated as requests. */
  isEnding = false
  /** Bytes that had been read when the latest exchange ended; undefined before the first has ended. */
  bytesAtRest: number | undefined
  /** The latest request, and the bytes that had been read when the exchange before it ended. */
  latest: IncomingMessage | undefined
  bytesBefore = 0
  readonly #socket: Socket
  /** Requests that arrived during another one, in order. */
  readonly #waiting: (() => void)[] = []
  /** The error of the parser after all of these. */
  #failure: Failure | undefined
  #isHolding = false
  #isLingering = false

  constructor(socket: Socket) {
    this.#socket = socket
    // Node calls it after the last response, and would reset the connection of a client that is still sending.
    socket.destroySoon = () => this.close()
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onClose)
  }

  /** Leaves the socket to another protocol, which may keep it open for long. */
  detach(): void {
    const socket: Socket & { [key]?: Connection | undefined } = this.#socket
    socket.off('end', this.#onEnd)
    socket.off('close', this.#onClose)
    socket.destroySoon = Socket.prototype.destroySoon
    socket[key] = undefined
  }

  readonly #onEnd = (): void => {
    if (this.open !== undefined) watchHalfClosed(this.#socket, () => this.open)
  }

  readonly #onClose = (): void => {
    this.finish()
    this.open?.disconnect()
  }

  /** Whether requests wait for the current one. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Handles a request, or postpones it until the responses to those before it have been sent. */
  receive(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  ): void {
    // No response can follow the last one of a connection.
    if (this.isEnding) return
    // Node assigns the socket to a response when it is the next one to be sent.
    if (this.open === undefined || outgoing.socket !== null) {
      handle(incoming, outgoing)
      return
    }
    joinSmallChunks(incoming)
    this.queue(() => handle(incoming, outgoing))
  }

  /** Calls a function when the responses to all requests so far have been sent, unless the connection closes then. */
  queue(then: () => void): void {
    if (this.isEnding) return
    if (this.open === undefined) {
      then()
      return
    }
    this.#waiting.push(then)
    if (this.#waiting.length <= MAX_WAITING) {
      this.#hold()
      return
    }
    this.finish()
    this.#socket.destroy()
  }

  begin(exchange: OpenExchange): void {
    this.open = exchange
    this.latest = exchange.incoming
    this.bytesBefore = this.bytesAtRest ?? 0
    if (this.#failure !== undefined && !exchange.incoming.complete) exchange.breakOff(this.#failure.error)
  }

  /** Handles the next request, if there is one. */
  end(exchange: OpenExchange): void {
    if (this.open !== exchange) return
    this.open = undefined
    this.rest()
    const next = this.#waiting.shift()
    if (next === undefined) {
      if (this.#failure !== undefined) this.#conclude(this.#failure, exchange.isBroken)
      return
    }
    if (this.#socket.destroyed) {
      this.finish()
      return
    }
    if (this.#waiting.length === 0) this.#socket.resume()
    next()
  }

  /** Records how much has been read, to distinguish an idle connection from one on which a request is arriving. */
  rest(): void {
    this.bytesAtRest = this.#socket.bytesRead
  }

  /** Handles no requests after the current one. */
  finish(): void {
    this.isEnding = true
    this.#waiting.length = 0
  }

  /** Records that the next bytes are not a request. The error response is sent after those to the requests so far. */
  fail(failure: Failure): void {
    // The parser fails again on all further bytes.
    if (this.isEnding) return
    this.isEnding = true
    this.#failure = failure
    if (this.open === undefined) this.#conclude(failure, false)
    else if (!this.hasWaiting && !this.open.incoming.complete) this.open.breakOff(failure.error)
  }

  #conclude(failure: Failure, hasResponse: boolean): void {
    const socket = this.#socket
    if (!socket.writable) socket.destroy()
    else if (hasResponse) this.close()
    else {
      this.#isLingering = true
      endWith(socket, failure)
    }
  }

  /** Ends the connection once everything written has been sent. */
  close(): void {
    this.finish()
    if (this.#isLingering) return
    this.#isLingering = true
    linger(this.#socket)
  }

  /** Stops reading while requests wait. */
  #hold(): void {
    const socket = this.#socket
    if (!this.#isHolding) {
      this.#isHolding = true
      // Reading a request's body resumes the socket.
      socket.on('resume', () => {
        if (this.hasWaiting) pause(socket)
      })
    }
    pause(socket)
  }
}

/**
 * Maximum number of pipelined requests that wait. Node reads up to 64 KiB at once, and parses all requests in it: thousands,
 * of which each takes some 1.5 KiB until its turn comes.
 */
const MAX_WAITING = 128

const key: unique symbol = Symbol('tsgi.connection')

/** The state of a connection, which is created on first use. */
export function connectionOf(socket: Socket & { [key]?: Connection | undefined }): Connection {
  socket[key] ??= new Connection(socket)
  return socket[key]
}

/** The state of a connection; undefined before its first request. */
export function knownConnection(
  socket: Socket & { readonly [key]?: Connection | undefined },
): Connection | undefined {
  return socket[key]
}
