/**
 * One connection: its bytes in, one request after the other, and the responses out in their order. A request is not
 * looked at before the one in front of it has its response; until then what follows waits here, and once more arrives,
 * in the client's own buffers.
 */
import { HttpError } from '@tsgi/core'
import { type BodyReader, ChunkedReader, LengthReader } from './chunked.ts'
import { HeadParser } from './head-parser.ts'
import { lastWords } from './last-words.ts'
import { linger } from './linger.ts'
import { Output } from './output.ts'
import { CHUNKED, type RequestHead } from './request-head.ts'
import type { EngineSettings } from './settings.ts'
import type { Waiting } from './sweep.ts'
import type { Transport } from './transport.ts'
import type { Turn } from './turn.ts'

export class Connection implements Waiting {
  readonly socket: Transport
  readonly settings: EngineSettings
  readonly output: Output
  deadline: number
  /** Whether no more requests are read from it. */
  isEnding = false
  /** Whether the rest of the request can never come. */
  isBroken = false
  readonly #parser: HeadParser
  /** What has come and was not understood yet. */
  #rest: Buffer | undefined
  /** Whether that is the beginning of a head. */
  #isWithinHead = false
  #turn: Turn | undefined
  /** The request's body, while it is not over. */
  #body: BodyReader | undefined
  #receiveBy = 0
  /** Whether the next piece of the body is to be read; `'dropped'` where nobody wants it any more. */
  #reading: 'no' | 'piece' | 'dropped' = 'no'
  /** Bytes of the body that are still dropped, for the connection to be used again. */
  #room = 0
  #isAdvancing = false
  #isPaused = false

  constructor(socket: Transport, settings: EngineSettings) {
    this.socket = socket
    this.settings = settings
    this.output = new Output(socket, settings.limits.sendTimeout)
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

  /** Whether some of the request's body has not been read. */
  get hasRest(): boolean {
    return this.#body !== undefined
  }

  /** Asks for the next piece of the request's body. */
  read(): void {
    if (this.#body === undefined || this.#reading !== 'no') return
    this.#reading = 'piece'
    this.deadline = Math.min(this.#receiveBy, this.#after(this.settings.limits.bodyIdleTimeout))
    this.#proceed()
  }

  /** Says that the turn has written all of its response. `isLast`: that the connection ends with it. */
  finish(isLast: boolean): void {
    this.output.finish(this.#turn!)
    if (isLast || this.isBroken) this.end()
    else if (this.#body === undefined) this.#next()
    else this.#dropRest()
    this.#proceed()
  }

  /** Ends the connection once what was written is out. */
  end(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.deadline = Number.POSITIVE_INFINITY
    this.#rest = undefined
    this.output.flush()
    this.socket.off('data', this.#take)
    linger(this.socket, this.settings.sweep)
  }

  late(): void {
    if (this.#turn !== undefined || this.#isWithinHead)
      this.#refuse(new HttpError(408, 'The request took too long to arrive.'))
    // It is idle when the client has what is due to it.
    else if (this.socket.writableLength > 0)
      this.deadline = this.#after(this.settings.limits.keepAliveTimeout)
    else this.end()
  }

  readonly #take = (chunk: Buffer): void => {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    if (!this.#isBlocked) {
      this.#advance(bytes)
      return
    }
    this.#rest = bytes
    this.#isPaused = true
    this.socket.pause()
  }

  get #isBlocked(): boolean {
    if (this.#turn === undefined) return this.output.isCongested
    return this.#body === undefined || this.#reading === 'no'
  }

  /** Understands as much of the bytes as it may. */
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
    this.#rest = this.isEnding || at === bytes.length ? undefined : bytes.subarray(at)
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
    const turn = this.settings.open(this, head)
    this.#turn = turn
    this.#reading = 'no'
    const { bodyLength } = head
    if (bodyLength !== 0) {
      this.#body = bodyLength === CHUNKED ? new ChunkedReader() : new LengthReader(bodyLength)
      this.#receiveBy = this.#after(this.settings.limits.receiveTimeout)
    }
    turn.start()
  }

  #readBody(body: BodyReader, bytes: Buffer, at: number): number {
    const to = body.read(bytes, at)
    const isDropped = this.#reading === 'dropped'
    if (body.done) this.#body = undefined
    if (isDropped) {
      this.#room -= to - at
      if (this.#room < 0) this.end()
      else if (body.done) this.#next()
      return to
    }
    const { data } = body
    if (data !== undefined || body.done) {
      this.#reading = 'no'
      this.deadline = Number.POSITIVE_INFINITY
    }
    const turn = this.#turn!
    if (data !== undefined) turn.data(data)
    if (body.done) turn.end()
    return to
  }

  #dropRest(): void {
    this.#reading = 'dropped'
    this.#room = SHORT_REST
    this.deadline = this.#after(this.settings.limits.bodyIdleTimeout)
  }

  #next(): void {
    this.#turn = undefined
    if (this.settings.isClosing) this.end()
    else this.deadline = this.#after(this.settings.limits.keepAliveTimeout)
  }

  /** Goes on where it may do so now. */
  #proceed(): void {
    if (this.#isAdvancing || this.isEnding) return
    const rest = this.#rest
    if (rest === undefined) this.output.flush()
    else this.#advance(rest)
    if (!this.#isPaused || this.#isBlocked) return
    this.#isPaused = false
    this.socket.resume()
  }

  /** Answers what cannot be understood, unless a response is due: an answer now would be taken for that. */
  #refuse(error: unknown): void {
    if (!(error instanceof HttpError)) throw error
    if (this.#turn === undefined) this.output.latin1(lastWords(error))
    else if (this.#reading !== 'dropped') {
      this.isBroken = true
      this.#body = undefined
      this.#reading = 'no'
      this.#turn.broken(error)
      return
    }
    this.end()
  }

  /** A client that ends its side while a response is due has left: so proxies say that theirs has. */
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

/** Bytes of a request that are read and thrown away so that its connection can be used again. */
const SHORT_REST = 64 * 1024
