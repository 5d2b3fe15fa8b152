import type { Socket } from 'node:net'
import { HttpError } from '@tsgi/core'
import { watchHalfClosed } from '@tsgi/core/gateway'
import type { RequestHead } from '../parse/request-head.ts'
import type { RequestEvent } from '../parse/request-parser.ts'
import { Input, type Receiver } from './input.ts'
import { MAX_DROPPED } from './limits.ts'
import { linger } from './linger.ts'
import { Output } from './output.ts'
import { RequestTimer, type TimedConnection } from './request-timer.ts'
import type { ConnectionHost, Turn, TurnConnection } from './turn.ts'

/**
 * One connection: reads one request after the other and sends the responses in order. A request is not parsed before the
 * previous one has its response. Until then, received bytes wait in the parser, and the socket is paused when more arrive.
 */
export class Connection implements TurnConnection, Receiver, TimedConnection {
  readonly socket: Socket
  readonly output: Output
  /** The current request. */
  turn: Turn | undefined
  isBroken = false
  hasRest = false
  readonly #host: ConnectionHost
  readonly #input: Input
  readonly #timer: RequestTimer
  /** Whether no more requests are read. */
  #isEnding = false
  /** Whether the turn wants the next part of the request body. */
  #isWanted = false
  /** Bytes of the body that may still be read after a response that did not need them. */
  #room = 0

  constructor(socket: Socket, host: ConnectionHost) {
    this.socket = socket
    this.#host = host
    this.output = new Output(socket, host.limits.sendTimeout)
    this.#input = new Input(socket, host.limits, this)
    this.#timer = new RequestTimer(this, this.#input, host)
  }

  /** Whether no request is being received or handled. */
  get isIdle(): boolean {
    return !this.#isBusy && !this.#input.isWithinRequest && !this.output.isPending
  }

  get hasWaiting(): boolean {
    return this.#input.isWithinRequest && !this.hasRest
  }

  read(): void {
    if (!this.hasRest || this.#isWanted) return
    this.#isWanted = true
    this.#input.proceed()
  }

  skip(): void {
    while (this.hasRest) {
      const event = this.#input.next()
      if (event === undefined) return
      if (event.type !== 'data') this.handle(event)
    }
  }

  finish(isLast: boolean): void {
    this.output.finish(this.turn!)
    this.turn = undefined
    if (isLast || this.isBroken) this.end()
    else if (this.hasRest) {
      this.#room = MAX_DROPPED
      this.#timer.dropping()
    } else this.#rest()
    this.#input.proceed()
  }

  /** Ends the connection once everything written has been sent. */
  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#timer.pause()
    this.output.end()
    this.#input.stop()
    linger(this.socket, this.#host.deadlines)
  }

  detach(): Buffer {
    this.#isEnding = true
    this.#timer.stop()
    this.output.detach()
    this.#host.closed(this)
    return this.#input.detach()
  }

  late(): void {
    const error = new HttpError(408, 'The request took too long to arrive.')
    if (this.turn !== undefined) this.#breakOff(error, false)
    else if (!this.hasRest && this.#input.isWithinRequest) this.#reject(error, undefined)
    // The connection is idle once the client has the response.
    else if (!this.hasRest && this.output.isPending) this.#timer.idle()
    else this.end()
  }

  get #isBusy(): boolean {
    return this.turn !== undefined || this.hasRest
  }

  get isBlocked(): boolean {
    // A body that has arrived can be read even after the client has left.
    if (this.turn !== undefined) return !this.#isWanted
    return this.#isEnding || (!this.hasRest && this.output.isCongested)
  }

  parsed(): void {
    if (this.#isEnding) return
    if (!this.#isBusy && this.#input.isWithinRequest) this.#timer.arriving()
    this.output.flush()
    if (this.#input.isOver && !this.#isBusy && !this.isBlocked) this.end()
  }

  ended(): void {
    // Pipelined requests may still be waiting.
    if (!this.#isEnding && !this.socket.destroyed) watchHalfClosed(this.socket, () => this.turn)
  }

  closed(): void {
    this.#host.closed(this)
    this.#isEnding = true
    this.#timer.stop()
    this.output.close()
    if (this.turn === undefined) return
    this.turn.close(false)
    this.#input.close()
  }

  handle(event: RequestEvent): void {
    switch (event.type) {
      case 'head':
        this.#open(event)
        break
      case 'data':
        this.#isWanted = false
        this.#room -= event.bytes.byteLength
        if (this.turn !== undefined) this.turn.receive(event.bytes)
        else if (this.#room < 0) this.end()
        break
      case 'end':
        this.#endBody()
        if (this.turn !== undefined) this.turn.receiveEnd()
        else this.#rest()
        break
      case 'error':
        if (this.turn !== undefined) this.#breakOff(event.error, event.isCutOff)
        else if (this.hasRest) this.end()
        else this.#reject(event.error, event.head)
    }
  }

  #open(head: RequestHead): void {
    this.hasRest = head.bodyLength !== 0
    this.#timer.arrived(this.hasRest)
    // The end of a request without a body.
    if (!this.hasRest) this.#input.next()
    try {
      this.turn = this.#host.open(this, head)
    } catch (error) {
      this.#reject(error, head)
    }
    this.turn?.start()
  }

  #endBody(): void {
    this.hasRest = false
    this.#isWanted = false
    this.#timer.pause()
  }

  /** Waits for the next request. */
  #rest(): void {
    if (this.#host.isClosing && !this.#input.isWithinRequest) this.end()
    else this.#timer.idle()
  }

  /** Records that the rest of the request will not arrive. */
  #breakOff(error: HttpError, isCutOff: boolean): void {
    this.#endBody()
    this.isBroken = true
    if (isCutOff) this.socket.destroySoon()
    if (isCutOff) this.turn!.close(false)
    this.turn!.breakOff(error)
  }

  /** Responds to a request that no application sees. Nothing can follow it. */
  #reject(error: unknown, head: RequestHead | undefined): void {
    this.output.problem(this.#host.reject(error, head, this.socket))
    this.end()
  }
}
