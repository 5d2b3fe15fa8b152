import { reasonPhrase } from '@tsgi/core/gateway'
import { expressApp } from './express-app.ts'
import { NodeResponse } from './response.ts'
import { mergeVary } from './vary.ts'

type HeaderValue = string | number | readonly string[]

/** Node's response with the members of Express that middleware calls. */
export class ExpressResponse extends NodeResponse {
  locals: Record<string, unknown> = {}

  get app(): typeof expressApp {
    return expressApp
  }

  status(code: number): this {
    if (!Number.isInteger(code) || code < 100 || code > 999) {
      throw new RangeError(`res.status: the status must be a whole number from 100 to 999, got ${code}`)
    }
    this.statusCode = code
    return this
  }

  sendStatus(code: number): this {
    return this.status(code).type('txt').send(reasonPhrase(code))
  }

  /** Ends the response with text or bytes; any other value is sent as JSON. */
  send(body?: unknown): this {
    if (typeof body === 'string') return this.#sendBytes(Buffer.from(body), 'text/html; charset=utf-8')
    if (body === undefined || body === null) return this.#sendBytes(Buffer.alloc(0), undefined)
    if (!ArrayBuffer.isView(body)) return this.json(body)
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    return this.#sendBytes(bytes, 'application/octet-stream')
  }

  json(value: unknown): this {
    if (!this.hasHeader('content-type')) this.type('json')
    return this.send(JSON.stringify(value))
  }

  get(name: string): number | string | string[] | undefined {
    return this.getHeader(name)
  }

  set(name: string | Readonly<Record<string, HeaderValue>>, value?: HeaderValue): this {
    const fields = typeof name === 'string' ? [[name, value] as const] : Object.entries(name)
    for (const [field, each] of fields) {
      this.setHeader(field, Array.isArray(each) ? each.map(String) : String(each))
    }
    return this
  }

  header(...args: Parameters<ExpressResponse['set']>): this {
    return this.set(...args)
  }

  append(name: string, value: string | readonly string[]): this {
    return this.appendHeader(name, value)
  }

  /** Sets the Content-Type to a media type or to the type of a common file extension. */
  type(type: string): this {
    const mediaType = type.includes('/') ? type : TYPES[type.replace(/^\./, '')]
    if (mediaType === undefined) {
      throw new TypeError(`res.type: '${type}' is unknown: use a media type such as 'text/csv'`)
    }
    return this.set('Content-Type', mediaType)
  }

  vary(name: string | readonly string[]): this {
    return this.set('Vary', mergeVary(this.getHeader('vary'), String(name)))
  }

  location(url: string): this {
    return this.set('Location', encodeUrl(url))
  }

  redirect(...args: [url: string] | [status: number, url: string]): void {
    const [status, url] = args.length === 1 ? [302, args[0]] : args
    this.status(status).location(url).set('Content-Length', 0).end()
  }

  #sendBytes(bytes: Buffer, type: string | undefined): this {
    if (type !== undefined && !this.hasHeader('content-type')) this.setHeader('Content-Type', type)
    this.setHeader('Content-Length', bytes.byteLength)
    return this.end(bytes)
  }
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  xml: 'application/xml',
}

/** Percent-encodes characters that a URL cannot contain and keeps existing escapes. */
function encodeUrl(url: string): string {
  return encodeURI(url.toWellFormed()).replaceAll('%25', '%')
}
