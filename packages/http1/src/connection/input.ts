import type { Socket } from 'node:net'
import { probeForReset } from '@tsgi/core/gateway'
import type { ReadLimits } from '../parse/limits.ts'
import { Parser, type RequestEvent } from '../parse/request-parser.ts'

/** The receiver of what a client sends. */
export interface Receiver {
  /** Whether to parse nothing more for now. */
  readonly isBlocked: boolean
  /** Called with each event of the parser. */
  handle(event: RequestEvent): void
  /** Called when nothing more can be parsed for now. */
  parsed(): void
  /** Called when the client has closed its side. */
  ended(): void
  /** Called when the connection has closed. */
  closed(): void
}

/** What a client sends on a connection: parses as much as the receiver wants, and reads no faster. */
export class Input {
  readonly #socket: Socket
  readonly #parser: Parser
  readonly #receiver: Receiver
  #hasEnded = false
  #isParsing = false
  #isPaused = false
  /** The number of requests that may be parsed before other connections are served. */
  #share = MAX_SHARE

  constructor(socket: Socket, limits: ReadLimits, receiver: Receiver) {
    this.#socket = socket
    this.#parser = new Parser(limits)
    this.#receiver = receiver
    socket.on('data', this.#onData)
    socket.on('drain', this.#onDrain)
    socket.on('end', this.#onEnd)
    socket.on('error', destroy)
    socket.on('close', this.#onClose)
    socket.resume()
  }

  /** Whether a part of a request has arrived whose end has not been parsed. */
  get isWithinRequest(): boolean {
    return this.#parser.isWithinRequest
  }

  /** Whether the client has closed its side, and all that it has sent was parsed, unless the receiver is blocked. */
  get isOver(): boolean {
    return this.#hasEnded && this.#share > 0
  }

  /** Returns the next event, if it has arrived. */
  next(): RequestEvent | undefined {
    return this.#parser.next()
  }

  /** Parses as much as the receiver wants. */
  proceed(): void {
    if (this.#isParsing) return
    this.#parse()
    if (!this.#isPaused || this.#isBlocked) return
    this.#isPaused = false
    this.#socket.resume()
  }

  /** Destroys the connection if the client has reset it, which Node does not notice while it is paused. */
  probe(): void {
    if (this.#isPaused) probeForReset(this.#socket)
  }

  /** Called when the connection has closed. What has arrived can still be parsed. */
  close(): void {
    this.#parser.end()
    this.proceed()
  }

  /** Ignores what the client sends from now on. */
  stop(): void {
    this.#socket.off('data', this.#onData)
  }

  /** Leaves the socket to another protocol. Returns the bytes that have not been parsed. */
  detach(): Buffer {
    const socket = this.#socket
    this.stop()
    socket.off('drain', this.#onDrain)
    socket.off('end', this.#onEnd)
    socket.off('error', destroy)
    socket.off('close', this.#onClose)
    socket.pause()
    return this.#parser.rest
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#parser.push(chunk)
    if (!this.#isBlocked) {
      this.#parse()
      return
    }
    // Only now, because most clients wait for their response before they send more.
    this.#isPaused = true
    this.#socket.pause()
  }

  readonly #onDrain = (): void => this.proceed()

  readonly #onEnd = (): void => {
    this.#hasEnded = true
    this.#parser.end()
    this.proceed()
    this.#receiver.ended()
  }

  readonly #onClose = (): void => this.#receiver.closed()

  get #isBlocked(): boolean {
    return this.#share === 0 || this.#receiver.isBlocked
  }

  #parse(): void {
    this.#isParsing = true
    while (!this.#isBlocked) {
      const event = this.#parser.next()
      if (event === undefined) break
      if (event.type === 'head' && --this.#share === 0) setImmediate(this.#goOn)
      this.#receiver.handle(event)
    }
    this.#isParsing = false
    this.#receiver.parsed()
  }

  readonly #goOn = (): void => {
    this.#share = MAX_SHARE
    this.proceed()
  }
}

/** TLS reports some errors without closing the connection. */
function destroy(this: Socket): void {
  this.destroy()
}

/** Maximum number of pipelined requests that are parsed in one turn of the event loop. */
const MAX_SHARE = 64
