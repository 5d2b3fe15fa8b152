/**
 * A light `Response` for Node: it keeps status, headers and body as plain values until someone asks for more, so
 * that a gateway can write it out in one call. Node's own costs several microseconds to make, most of it for a
 * stream and a `Headers` that a server never reads.
 *
 * It passes `instanceof Response`, and every member behaves as the Fetch standard says: what is not plain data is
 * left to a real `Response` made on first use. No global is changed.
 */
import { BodySource } from '../../body/body-source.ts'
import { type HeaderPairs, toPairs, withDefault } from '../../http/header-pairs.ts'
import { lightHeaders, pairsOf } from '../../http/light-headers.ts'
import { refuseBody, toStatus, toStatusText } from './response-init.ts'
import type { LightParts, PlainParts } from './response-parts.ts'

const NativeResponse = globalThis.Response

class PlainResponse implements Response {
  #status: number
  #statusText: string
  /** The header fields, until `#headers` is made of them, which can be changed. */
  #pairs: HeaderPairs | undefined
  #headers: Headers | undefined
  /** The body while it is plain. */
  #plain: PlainParts['body'] = null
  /** The body while it is an iterator, which other responses may have too. */
  #source: BodySource | undefined
  /** The body once it had to become a stream: a real response owns it, and knows whether it was disturbed. */
  #streaming: Response | undefined
  #used = false

  constructor(body?: BodyInit | null, init?: ResponseInit) {
    this.#status = toStatus(init?.status)
    this.#statusText = toStatusText(init?.statusText)
    this.#pairs = toPairs(init?.headers)
    if (this.#pairs === undefined) this.#headers = new Headers(init?.headers)
    if (body === null || body === undefined) return
    refuseBody(this.#status)
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
    if (type !== null) this.#setDefaultType(type)
  }

  #setDefaultType(type: string): void {
    if (this.#pairs !== undefined) this.#pairs = withDefault(this.#pairs, 'content-type', type)
    else if (!this.headers.has('content-type')) this.headers.set('content-type', type)
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

  /** A real response that has the body as its stream. */
  #opened(): Response | undefined {
    if (this.#source !== undefined) {
      this.#streaming = this.#source.open()
      this.#source = undefined
    } else if (this.#plain !== null) {
      this.#streaming = new NativeResponse(this.#plain)
      this.#plain = null
      // A body that was read has a stream too, one that was read to its end.
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

  /** A real response that reads the body, once, under the headers as they are now. */
  #consume(): Response {
    if (this.#isSpent) throw new TypeError('Body is unusable: Body has already been read')
    if (this.#streaming !== undefined) {
      return new NativeResponse(this.#streaming.body, { headers: this.headers })
    }
    this.#used = this.#plain !== null
    const response = new NativeResponse(this.#plain, { headers: this.headers })
    // The headers decide the type that `blob` and `formData` see: one that was deleted is not to come back.
    if (!this.headers.has('content-type')) response.headers.delete('content-type')
    return response
  }

  static of(body: LightParts['body'], init: ResponseInit | undefined, pairs: HeaderPairs): PlainResponse {
    const response = new PlainResponse()
    response.#status = toStatus(init?.status)
    response.#statusText = toStatusText(init?.statusText)
    if (body !== null) refuseBody(response.#status)
    response.#pairs = pairs
    if (body instanceof BodySource) response.#source = body
    else response.#plain = body
    return response
  }

  static parts(response: PlainResponse): LightParts | undefined {
    const source = response.#source
    if (response.#streaming !== undefined || response.#used || source?.isUntouched === false) return undefined
    return { headers: response.#pairs ?? pairsOf(response.headers), body: source ?? response.#plain }
  }

  static isLight(response: Response): response is PlainResponse {
    return #pairs in response
  }
}

// `extends Response` would make a real one each time; inheriting from its prototype passes `instanceof` for free.
Object.setPrototypeOf(PlainResponse.prototype, NativeResponse.prototype)
const { of, parts: partsOf, isLight } = PlainResponse
Reflect.deleteProperty(PlainResponse, 'of')
Reflect.deleteProperty(PlainResponse, 'parts')
Reflect.deleteProperty(PlainResponse, 'isLight')
Object.setPrototypeOf(PlainResponse, NativeResponse)
Object.defineProperty(PlainResponse, 'name', { value: 'Response' })

/** The lightest response this runtime has, with the constructor of a `Response`. */
export const LightResponse: typeof Response = PlainResponse as unknown as typeof Response

/**
 * A light response of parts that are valid already: no field is checked, and no content type is added. The pairs and
 * the body are shared with whoever has them; nobody is to change them.
 *
 * @throws RangeError or TypeError where the status or its text is none, or the status has no body.
 */
export function lightResponse(
  body: LightParts['body'],
  init: ResponseInit | undefined,
  pairs: HeaderPairs,
): Response {
  return of(body, init, pairs)
}

/** What a light response holds while nobody has asked for its body; undefined for any other response. */
export function lightParts(response: Response): LightParts | undefined {
  return isLight(response) ? partsOf(response) : undefined
}
