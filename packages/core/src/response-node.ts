/**
 * A light `Response` for Node: it keeps status, headers and body as plain values until someone asks for more, so
 * that a gateway can write it out in one call. Node's own costs several microseconds to make, most of it for a
 * stream and a `Headers` that a server never reads.
 *
 * It passes `instanceof Response`, and every member behaves as the Fetch standard says: what is not plain data is
 * left to a real `Response` made on first use. No global is changed.
 */
import { type HeaderPairs, hasName, toPairs } from './header-pairs.ts'
import { lightHeaders, pairsOf } from './light-headers.ts'
import type { PlainParts } from './response-native.ts'
import { isNullBodyStatus } from './status.ts'

export type { PlainParts } from './response-native.ts'

type PlainBody = PlainParts['body']

const NativeResponse = globalThis.Response

class PlainResponse implements Response {
  #status: number
  #statusText: string
  /** The header fields, until `#headers` is made of them, which can be changed. */
  #pairs: HeaderPairs | undefined
  #headers: Headers | undefined
  /** The body while it is plain. */
  #plain: PlainBody = null
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
    let type: string | null
    if (typeof body === 'string') {
      this.#plain = body
      type = 'text/plain;charset=UTF-8'
    } else if (body instanceof Uint8Array) {
      this.#plain = new Uint8Array(body)
      type = null
    } else {
      this.#streaming = new NativeResponse(body)
      type = this.#streaming.headers.get('content-type')
    }
    if (type !== null) this.#setDefaultType(type)
  }

  #setDefaultType(type: string): void {
    if (this.#pairs === undefined) {
      if (!this.headers.has('content-type')) this.headers.set('content-type', type)
    } else if (!hasName(this.#pairs, 'content-type')) {
      this.#pairs = [...this.#pairs, 'content-type', type]
    }
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
    if (this.#streaming === undefined && this.#plain !== null) {
      this.#streaming = new NativeResponse(this.#plain)
      this.#plain = null
      // A body that was read has a stream too, one that was read to its end.
      if (this.#used) void this.#streaming.arrayBuffer()
    }
    return this.#streaming?.body ?? null
  }

  get bodyUsed(): boolean {
    return this.#used || (this.#streaming?.bodyUsed ?? false)
  }

  clone(): Response {
    if (this.bodyUsed || this.#streaming?.body?.locked) {
      throw new TypeError('Response.clone: Body has already been consumed.')
    }
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
    if (this.bodyUsed || this.#streaming?.body?.locked) {
      throw new TypeError('Body is unusable: Body has already been read')
    }
    if (this.#streaming !== undefined) {
      return new NativeResponse(this.#streaming.body, { headers: this.headers })
    }
    this.#used = this.#plain !== null
    const response = new NativeResponse(this.#plain, { headers: this.headers })
    // The headers decide the type that `blob` and `formData` see: one that was deleted is not to come back.
    if (!this.headers.has('content-type')) response.headers.delete('content-type')
    return response
  }

  static of(body: PlainBody, init: ResponseInit | undefined, pairs: HeaderPairs): PlainResponse {
    const response = new PlainResponse()
    response.#status = toStatus(init?.status)
    response.#statusText = toStatusText(init?.statusText)
    if (body !== null) refuseBody(response.#status)
    response.#pairs = pairs
    response.#plain = body
    return response
  }

  static plainParts(response: PlainResponse): PlainParts | undefined {
    if (response.#streaming !== undefined || response.#used) return undefined
    return { headers: response.#pairs ?? pairsOf(response.headers), body: response.#plain }
  }

  static isLight(response: Response): response is PlainResponse {
    return #pairs in response
  }
}

// `extends Response` would make a real one each time; inheriting from its prototype passes `instanceof` for free.
Object.setPrototypeOf(PlainResponse.prototype, NativeResponse.prototype)
const { of, plainParts: partsOf, isLight } = PlainResponse
Reflect.deleteProperty(PlainResponse, 'of')
Reflect.deleteProperty(PlainResponse, 'plainParts')
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
export function lightResponse(body: PlainBody, init: ResponseInit | undefined, pairs: HeaderPairs): Response {
  return of(body, init, pairs)
}

/**
 * What a light response holds while nobody has asked for its body, for a gateway to write in one call: its header names
 * and values in turn, a name that has several values several times, and its body. Undefined for any other response.
 *
 * @example
 * ```ts
 * import { stream, text } from '@tsgi/core'
 * import { plainParts } from '@tsgi/core/gateway'
 *
 * plainParts(text('hi')) // => { headers: ['content-type', 'text/plain; charset=utf-8'], body: 'hi' }
 * plainParts(stream(['hi'])) // => undefined
 * ```
 */
export function plainParts(response: Response): PlainParts | undefined {
  return isLight(response) ? partsOf(response) : undefined
}

function toStatus(value: number | undefined): number {
  if (value === undefined || value === 200) return 200
  const status = Math.trunc(Number(value)) || 0
  if (status < 200 || status > 599) {
    throw new RangeError(`Response: status must be from 200 to 599, got ${String(value)}`)
  }
  return status
}

function toStatusText(value: string | undefined): string {
  if (value === undefined || value === '') return ''
  const text = String(value)
  // RFC 9112 §4: reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text))
    throw new TypeError('Response: statusText is not a reason phrase')
  return text
}

function refuseBody(status: number): void {
  if (isNullBodyStatus(status)) throw new TypeError(`Response with status ${status} must have no body`)
}
