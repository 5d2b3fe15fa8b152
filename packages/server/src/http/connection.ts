/**
 * What a connection is doing. HTTP/1.1 carries one request at a time, so its state is kept on the socket; HTTP/2 carries
 * many, so it is kept on each stream.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { HttpError } from '@tsgi/core'
import { endWith } from './problem.ts'
import { streamOf } from './transport.ts'

/** A connection of HTTP/1.1, or a stream of HTTP/2. */
export type Carrier = Socket | ServerHttp2Stream

/** The part of an exchange that its connection needs. */
interface OpenExchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** Whether the rest of the request can never come. */
  readonly broken: boolean
  breakOff(error: HttpError): void
  close(): void
}

export class Connection {
  /** The exchange under way. */
  open: OpenExchange | undefined
  /** Whether nothing more that arrives is treated as a request. */
  isEnding = false
  /** Bytes that had been read when the latest exchange ended; undefined before the first has ended. */
  bytesAtRest: number | undefined
  readonly #carrier: Carrier
  /** Requests that arrived while another was under way, in order. */
  readonly #waiting: (() => void)[] = []
  /** What the parser could not read, after all of these. */
  #failure: HttpError | undefined
  #isHolding = false

  constructor(carrier: Carrier) {
    this.#carrier = carrier
    carrier.on('close', () => {
      this.finish()
      this.open?.close()
    })
  }

  /** Whether other requests wait for the one under way. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Whether a request has to wait until another is answered. */
  mustWait(outgoing: ServerResponse): boolean {
    // Node gives a response its socket once it is the next one to be sent.
    return this.open !== undefined && outgoing.socket === null
  }

  /** Postpones a request until those before it have been answered, and reads no more until then. */
  postpone(handle: () => void): void {
    this.#waiting.push(handle)
    this.#hold()
  }

  begin(exchange: OpenExchange): void {
    this.open = exchange
    if (this.#failure !== undefined && !exchange.incoming.complete) exchange.breakOff(this.#failure)
  }

  /** Handles the next request, if there is one. */
  end(exchange: OpenExchange): void {
    if (this.open !== exchange) return
    this.open = undefined
    this.rest()
    const next = this.#waiting.shift()
    if (next === undefined) {
      if (this.#failure !== undefined) this.#conclude(this.#failure, exchange.broken)
      return
    }
    if (this.#waiting.length === 0) (this.#carrier as Socket).resume()
    next()
  }

  /** Remembers how much has been read, to tell an idle connection from one on which the next request is arriving. */
  rest(): void {
    if ('bytesRead' in this.#carrier) this.bytesAtRest = this.#carrier.bytesRead
  }

  /** Handles no request but the one under way. */
  finish(): void {
    this.isEnding = true
    this.#waiting.length = 0
  }

  /** Reports that what follows the requests so far is not a request; the answer to that has to wait for theirs. */
  fail(error: HttpError): void {
    this.isEnding = true
    this.#failure = error
    if (this.open === undefined) this.#conclude(error, false)
    else if (!this.hasWaiting && !this.open.incoming.complete) this.open.breakOff(error)
  }

  #conclude(error: HttpError, wasAnswered: boolean): void {
    const socket = this.#carrier as Socket
    if (wasAnswered) socket.destroySoon()
    else endWith(socket, error)
  }

  #hold(): void {
    const socket = this.#carrier as Socket
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

/** Node's HTTP server stops reading on this event, which `pause` does not emit if a `resume` is still to take effect. */
function pause(socket: Socket): void {
  socket.pause()
  socket.emit('pause')
}

const key: unique symbol = Symbol('tsgi.connection')

/** The state of a carrier, which is made on first use. */
export function connectionOf(carrier: Carrier & { [key]?: Connection }): Connection {
  carrier[key] ??= new Connection(carrier)
  return carrier[key]
}

/** The state of a carrier; undefined before its first request. */
export function knownConnection(carrier: Carrier & { readonly [key]?: Connection }): Connection | undefined {
  return carrier[key]
}

/** The socket or stream that a request came on. */
export function carrierOf(incoming: IncomingMessage): Carrier {
  return streamOf(incoming) ?? incoming.socket
}
