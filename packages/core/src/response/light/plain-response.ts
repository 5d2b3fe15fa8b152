/**
 * A light `Response` for Node: it keeps status, headers and body as plain values until someone asks for more, so that a
 * gateway can write it in one call. Node's own costs several microseconds, most of it for a stream and a `Headers`. It
 * passes `instanceof Response`, and every member behaves as the Fetch standard says. Everything that is not plain data is
 * left to a native `Response`, which is created on first use. Globals are not changed.
 */
import { BodySource } from '../../body/body-source.ts'
import { type HeaderPairs, toPairs, withDefault } from '../../http/header-pairs.ts'
import { lightHeaders, pairsOf } from '../../http/light-headers.ts'
import type { LightParts, PlainParts } from './parts.ts'
import { assertBodyAllowed, toStatus, toStatusText } from './response-init.ts'
import { addTextStream } from './text-stream.ts'

const NativeResponse = globalThis.Response
const NO_FIELDS: HeaderPairs = []

/**
 * Creates a light response from valid parts: does not check the fields or add a content type. The pairs and the body may
 * be shared, so they must not be changed. Throws a RangeError or TypeError if the status or its text is invalid, or if the
 * status does not allow a body.
 */
export let lightResponse: (
  body: LightParts['body'],
  init: ResponseInit | undefined,
  pairs: HeaderPairs,
) => Response

/** Returns the parts of a light response whose body has not been accessed; undefined for any other response. */
export let lightParts: (response: Response) => LightParts | undefined

class PlainResponse implements Response {
  #status = 200
  #statusText = ''
  /** The header fields, until `headers` is accessed, because the caller can change it. */
  #pairs: HeaderPairs | undefined = NO_FIELDS
  #headers: Headers | undefined
  #plain: PlainParts['body'] = null
  /** The body while it is a source. Other responses may share it. */
  #source: BodySource | undefined
  /** A native response that has the body as a stream and tracks whether it was disturbed. */
  #streaming: Response | undefined
  #used = false

  constructor(body?: BodyInit | null, init?: ResponseInit) {
    if (init) {
      this.#setStatus(init)
      this.#pairs = toPairs(init.headers)
      if (this.#pairs === undefined) this.#headers = new Headers(init.headers)
    }
    if (body === null || body === undefined) return
    assertBodyAllowed(this.#status)
    let type: string | null = null
    if (typeof body === 'string') {
      this.#plain = body
      type = 'text/plain;charset=UTF-8'
    } else if (body instanceof Uint8Array) {
      this.#plain = new Uint8Array(body)
    } else {
      this.#streaming = new NativeResponse(body)
      type = this.#streaming.headers.get('content-type')
    }
    if (type === null) return
    if (this.#pairs !== undefined) this.#pairs = withDefault(this.#pairs, 'content-type', type)
    else if (!this.headers.has('content-type')) this.headers.set('content-type', type)
  }

  #setStatus({ status, statusText }: ResponseInit): void {
    this.#status = toStatus(status)
    this.#statusText = toStatusText(statusText)
  }

  get type(): ResponseType {
    return 'default'
  }
  get url(): string {
    return ''
  }
  get redirected(): boolean {
    return false
  }
  get status(): number {
    return this.#status
  }
  get ok(): boolean {
    return this.#status >= 200 && this.#status <= 299
  }
  get statusText(): string {
    return this.#statusText
  }

  get headers(): Headers {
    if (this.#headers === undefined) {
      this.#headers = lightHeaders(this.#pairs ?? [])
      this.#pairs = undefined
    }
    return this.#headers
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#opened()?.body ?? null
  }

  get bodyUsed(): boolean {
    if (this.#source?.isUntouched === false) this.#opened()
    return this.#used || (this.#streaming?.bodyUsed ?? false)
  }

  /** Returns a native response that has the body as a stream. */
  #opened(): Response | undefined {
    if (this.#source !== undefined) {
      this.#streaming = this.#source.open()
      this.#source = undefined
    } else if (this.#plain !== null) {
      this.#streaming = new NativeResponse(this.#plain)
      this.#plain = null
      // If the body was already read, its stream must have been read to its end, too.
      if (this.#used) void this.#streaming.arrayBuffer()
    }
    return this.#streaming
  }

  get #isSpent(): boolean {
    if (this.#source !== undefined) this.#opened()
    return this.bodyUsed || (this.#streaming?.body?.locked ?? false)
  }

  clone(): Response {
    if (this.#isSpent) throw new TypeError('Response.clone: Body has already been consumed.')
    const copy = new PlainResponse(null, { status: this.#status, statusText: this.#statusText })
    copy.#pairs = this.#pairs
    copy.#headers = this.#headers && lightHeaders(pairsOf(this.#headers))
    copy.#plain = this.#plain
    copy.#streaming = this.#streaming?.clone()
    return copy
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#consume().arrayBuffer()
  }
  async blob(): Promise<Blob> {
    return this.#consume().blob()
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#consume().bytes()
  }
  async formData(): Promise<FormData> {
    return this.#consume().formData()
  }

  // biome-ignore lint/suspicious/noExplicitAny: as the Fetch standard's own declaration has it
  async json(): Promise<any> {
    return this.#consume().json()
  }
  async text(): Promise<string> {
    return this.#consume().text()
  }

  /** Returns a native response that reads the body, once, with the current headers. */
  #consume(): Response {
    if (this.#isSpent) throw new TypeError('Body is unusable: Body has already been read')
    if (this.#streaming !== undefined) {
      return new NativeResponse(this.#streaming.body, { headers: this.headers })
    }
    this.#used = this.#plain !== null
    const response = new NativeResponse(this.#plain, { headers: this.headers })
    // `blob` and `formData` use the type in the headers, so one that was deleted must not come back.
    if (!this.headers.has('content-type')) response.headers.delete('content-type')
    return response
  }

  static {
    lightResponse = (body, init, pairs) => {
      const response = new PlainResponse()
      if (init) {
        response.#setStatus(init)
        if (body !== null) assertBodyAllowed(response.#status)
      }
      response.#pairs = pairs
      if (body instanceof BodySource) response.#source = body
      else response.#plain = body
      return response
    }
    lightParts = (response) => {
      if (!(#pairs in response)) return undefined
      const source = response.#source
      if (response.#streaming !== undefined || response.#used || source?.isUntouched === false)
        return undefined
      return { headers: response.#pairs ?? pairsOf(response.headers), body: source ?? response.#plain }
    }
  }
}

// `extends Response` would create a native one each time. Inheriting from its prototype passes `instanceof`, too.
Object.setPrototypeOf(PlainResponse.prototype, NativeResponse.prototype)
Object.setPrototypeOf(PlainResponse, NativeResponse)
Object.defineProperty(PlainResponse, 'name', { value: 'Response' })
addTextStream(PlainResponse.prototype)

/** The lightest response that this runtime has, with the constructor of a `Response`. */
export const LightResponse: typeof Response = PlainResponse as unknown as typeof Response
