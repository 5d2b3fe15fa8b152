/**
 * One connection: reads one request after the other and sends the responses in order. A request is not parsed before the
 * previous one has its response. Until then, received bytes wait here, and the socket is paused when more arrive.
 */
import { HttpError } from '@tsgi/core'
import { HeadParser } from './head-parser.ts'
import { Inlet } from './inlet.ts'
import { Intake } from './intake.ts'
import { lastWords } from './last-words.ts'
import { linger } from './linger.ts'
import { Output } from './output.ts'
import type { RequestHead } from './request-head.ts'
import type { EngineSettings } from './settings.ts'
import type { Waiting } from './sweep.ts'
import type { Transport } from './transport.ts'
import type { Turn } from './turn.ts'

export class Connection implements Waiting {
  readonly socket: Transport
  readonly settings: EngineSettings
  readonly output: Output
  deadline: number
  /** Whether no more requests are read. */
  isEnding = false
  /** Whether the rest of the request can no longer arrive. */
  isBroken = false
  readonly #parser: HeadParser
  readonly #inlet: Inlet
  /** Whether the waiting bytes are the start of a head. */
  #isWithinHead = false
  #turn: Turn | undefined
  /** The request body, until it ends. */
  #body: Intake | undefined
  #isAdvancing = false

  constructor(socket: Transport, settings: EngineSettings) {
    this.socket = socket
    this.settings = settings
    this.output = new Output(socket, settings.limits.sendTimeout)
    this.#inlet = new Inlet(socket)
    this.#parser = new HeadParser(settings.limits)
    this.deadline = settings.sweep.after(settings.limits.headersTimeout)
    settings.sweep.add(this)
    socket.on('data', this.#take)
    socket.on('drain', () => this.#proceed())
    socket.on('end', () => this.#left())
    // 'close' follows.
    socket.on('error', () => {})
    socket.on('close', () => this.#closed())
  }

  get isIdle(): boolean {
    return this.#turn === undefined && !this.#isWithinHead && this.socket.writableLength === 0
  }

  /** Whether a part of the request body has not been read. */
  get hasRest(): boolean {
    return this.#body !== undefined
  }

  /** Asks for the next piece of the request body. */
  read(): void {
    if (this.#body === undefined || this.#body.isWanted) return
    this.#body.isWanted = true
    this.deadline = Math.min(this.#body.due, this.#after(this.settings.limits.bodyIdleTimeout))
    this.#proceed()
  }

  /** Called when the turn has written its whole response. `isLast` ends the connection after it. */
  finish(isLast: boolean): void {
    this.output.finish(this.#turn!)
    if (isLast || this.isBroken) this.end()
    else if (this.#body === undefined) this.#next()
    else {
      this.#body.drop()
      this.deadline = this.#after(this.settings.limits.bodyIdleTimeout)
    }
    this.#proceed()
  }

  /** Ends the connection once everything written has been sent. */
  end(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.deadline = Number.POSITIVE_INFINITY
    this.output.flush()
    this.socket.off('data', this.#take)
    linger(this.socket, this.settings.sweep)
  }

  late(): void {
    if (this.#turn !== undefined || this.#isWithinHead)
      this.#refuse(new HttpError(408, 'The request took too long to arrive.'))
    // The connection is idle once the client has the response.
    else if (this.socket.writableLength > 0)
      this.deadline = this.#after(this.settings.limits.keepAliveTimeout)
    else this.end()
  }

  readonly #take = (chunk: Buffer): void => {
    const bytes = this.#inlet.with(chunk)
    if (!this.#isBlocked) {
      this.#advance(bytes)
      return
    }
    this.#inlet.keep(bytes, 0)
    this.#inlet.pause()
  }

  get #isBlocked(): boolean {
    if (this.#turn === undefined) return this.output.isCongested
    return this.#body === undefined || !this.#body.isWanted
  }

  /** Parses as many bytes as possible. */
  #advance(bytes: Buffer): void {
    this.#isAdvancing = true
    let at = 0
    try {
      while (at < bytes.length && !this.isEnding && !this.#isBlocked) {
        const from = at
        at = this.#body === undefined ? this.#readHead(bytes, at) : this.#readBody(this.#body, bytes, at)
        if (at === from) break
      }
    } catch (error) {
      this.#refuse(error)
    } finally {
      this.#isAdvancing = false
    }
    this.#inlet.keep(bytes, this.isEnding ? bytes.length : at)
    if (!this.isEnding) this.output.flush()
  }

  #readHead(bytes: Buffer, at: number): number {
    const head = this.#parser.parse(bytes, at)
    if (head !== undefined) {
      this.#isWithinHead = false
      this.deadline = Number.POSITIVE_INFINITY
      this.#begin(head)
      return at + this.#parser.length
    }
    if (!this.#isWithinHead) this.deadline = this.#after(this.settings.limits.headersTimeout)
    this.#isWithinHead = true
    return at
  }

  #begin(head: RequestHead): void {
    const { bodyLength } = head
    const turn = this.settings.open(this, head)
    this.#turn = turn
    if (bodyLength !== 0)
      this.#body = new Intake(bodyLength, this.#after(this.settings.limits.receiveTimeout))
    turn.start()
  }

  #readBody(body: Intake, bytes: Buffer, at: number): number {
    const to = body.read(bytes, at)
    const { isOver, piece } = body
    if (isOver) this.#body = undefined
    if (body.isDropped) {
      if (body.isTooLong) this.end()
      else if (isOver) this.#next()
      return to
    }
    const turn = this.#turn!
    if (!body.isWanted) this.deadline = Number.POSITIVE_INFINITY
    if (piece !== undefined) turn.data(piece)
    if (isOver) turn.end()
    return to
  }

  #next(): void {
    this.#turn = undefined
    if (this.settings.isClosing) this.end()
    else this.deadline = this.#after(this.settings.limits.keepAliveTimeout)
  }

  /** Continues if it can. */
  #proceed(): void {
    if (this.#isAdvancing || this.isEnding) return
    const { rest } = this.#inlet
    if (rest === undefined) this.output.flush()
    else this.#advance(rest)
    if (!this.#isBlocked) this.#inlet.resume()
  }

  /** Responds to an invalid request, unless a response is pending, because the client would mistake this one for it. */
  #refuse(error: unknown): void {
    if (!(error instanceof HttpError)) throw error
    if (this.#turn === undefined) this.output.latin1(lastWords(error))
    else if (this.#body?.isDropped !== true) {
      this.isBroken = true
      this.#body = undefined
      this.#turn.broken(error)
      return
    }
    this.end()
  }

  /** A client that half-closes while a response is pending has disconnected: proxies signal it that way. */
  #left(): void {
    if (this.#isWithinHead) this.#refuse(new HttpError(400, 'The request was cut off.'))
    this.#turn?.over(false)
    this.end()
  }

  #after(milliseconds: number): number {
    return milliseconds === 0 ? Number.POSITIVE_INFINITY : this.settings.sweep.after(milliseconds)
  }

  #closed(): void {
    this.isEnding = true
    this.settings.sweep.remove(this)
    this.output.close()
    this.#turn?.over(false)
  }
}
