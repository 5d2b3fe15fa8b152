import { HttpError } from '@tsgi/core'
import { CHUNKED } from '../parse/framing.ts'
import { CollectedBody } from './collected-body.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** The options of {@link RequestBody}. */
export interface RequestBodyInit {
  /** Length of the body in bytes, or {@link CHUNKED}. */
  readonly length: number
  /** Maximum number of bytes; reading a larger body fails with 413. */
  readonly limit: number
  /** Called once, when the application starts to read. */
  readonly onFirstRead: () => void
  /** Asks for the next part. */
  readonly read: () => void
}

/** A pending read of a whole body. */
interface Whole {
  readonly body: CollectedBody
  readonly limit: number
  resolve(bytes: Bytes): void
  reject(error: unknown): void
}

/**
 * The body of one request, as a stream or whole. Asks the connection for a part only when the application reads, so the
 * client has to wait while it does not (back-pressure).
 */
export class RequestBody {
  readonly #init: RequestBodyInit
  #stream: ReadableStream<Bytes> | undefined
  #controller: ReadableStreamDefaultController<Bytes> | undefined
  #whole: Whole | undefined
  #received = 0
  #state: 'untouched' | 'reading' | 'over' = 'untouched'
  #failure: { readonly error: unknown } | undefined

  constructor(init: RequestBodyInit) {
    this.#init = init
  }

  /** Whether the application has started to read and has not finished. */
  get isReading(): boolean {
    return this.#state === 'reading'
  }

  get stream(): ReadableStream<Bytes> {
    this.#stream ??= new ReadableStream<Bytes>(
      {
        start: (controller) => {
          this.#controller = controller
          if (this.#failure) controller.error(this.#failure.error)
        },
        pull: () => this.#read(this.#init.limit),
        cancel: () => {
          this.#state = 'over'
        },
      },
      { highWaterMark: 0 },
    )
    return this.#stream
  }

  /** Reads the whole body of at most `limit` bytes. */
  read(limit: number): Promise<Bytes> {
    return new Promise((resolve, reject) => {
      const whole = { body: new CollectedBody(), limit: Math.min(limit, this.#init.limit), resolve, reject }
      this.#whole = whole
      if (this.#failure) reject(this.#failure.error)
      else this.#read(whole.limit)
    })
  }

  receive(part: Bytes): void {
    if (this.#state === 'over') return
    const whole = this.#whole
    const limit = whole?.limit ?? this.#init.limit
    this.#received += part.byteLength
    if (this.#received > limit) this.fail(tooLarge(limit))
    else if (whole === undefined) this.#controller!.enqueue(part)
    else {
      whole.body.add(part)
      this.#init.read()
    }
  }

  end(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#controller?.close()
    this.#whole?.resolve(this.#whole.body.bytes)
  }

  /** Makes reading fail because the response has ended. */
  abandon(): void {
    if (this.#state === 'over') return
    this.fail(new HttpError(400, 'The response ended before the request was read.'))
  }

  /** Makes reading fail, now or when it starts. */
  fail(error: unknown): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#failure = { error }
    this.#whole?.reject(error)
    this.#controller?.error(error)
  }

  #read(limit: number): void {
    if (this.#state === 'untouched') {
      const { length, onFirstRead } = this.#init
      if (length !== CHUNKED && length > limit) {
        this.fail(tooLarge(limit))
        return
      }
      this.#state = 'reading'
      onFirstRead()
    }
    this.#init.read()
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than ${limit} bytes.`)
}
