import { LightResponse, lightResponse, toPairs } from '#response'
import { type HeaderPairs, hasName, withDefault } from '../http/header-pairs.ts'
import { describe } from '../options/describe.ts'
import { ignoreRejection } from '../options/ignore-rejection.ts'
import { initPairs } from './light/init-pairs.ts'

const TEXT: HeaderPairs = ['content-type', 'text/plain; charset=utf-8']
const HTML: HeaderPairs = ['content-type', 'text/html; charset=utf-8']
const JSON_TEXT: HeaderPairs = ['content-type', 'application/json']

/**
 * Returns a response of plain text in UTF-8.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 *
 * const response = text('Hello world', { status: 201 })
 * response.headers.get('content-type') // => 'text/plain; charset=utf-8'
 * await response.text() // => 'Hello world'
 * ```
 */
export function text(body: string, init?: ResponseInit): Response {
  return typed(body, TEXT, init)
}

/**
 * Returns a response of HTML in UTF-8. Does not escape anything: that is up to you or a template engine.
 *
 * @example
 * ```ts
 * import { html } from '@tsgi/core'
 *
 * html('<h1>Hello</h1>').headers.get('content-type') // => 'text/html; charset=utf-8'
 * ```
 */
export function html(body: string, init?: ResponseInit): Response {
  return typed(body, HTML, init)
}

/**
 * Returns a response of JSON, like `Response.json`.
 *
 * @throws TypeError if the value has no JSON form: `undefined`, a function, a symbol, a bigint, a cycle. Also if it is a
 *   promise, whose JSON form is `{}`.
 *
 * @example
 * ```ts
 * import { json } from '@tsgi/core'
 *
 * const response = json({ id: 7 })
 * response.headers.get('content-type') // => 'application/json'
 * await response.text() // => '{"id":7}'
 * ```
 */
export function json<T>(data: T & NotPromise<T>, init?: ResponseInit): Response {
  if ((data as unknown) instanceof Promise) throw notAwaited('json: data', data)
  const body = JSON.stringify(data) as string | undefined
  if (body === undefined) throw new TypeError(`json: ${describe(data)} has no JSON form`)
  return typed(body, JSON_TEXT, init)
}

/**
 * Returns a response of bytes. The content type is `application/octet-stream` unless `init` has another. Unlike
 * `new Response`, it does not copy the bytes, so do not change them afterwards.
 *
 * @throws TypeError if `body` is not a `Uint8Array`.
 *
 * @example
 * ```ts
 * import { bytes } from '@tsgi/core'
 *
 * const response = bytes(new Uint8Array([0x89, 0x50]), { headers: { 'content-type': 'image/png' } })
 * response.headers.get('content-type') // => 'image/png'
 * (await response.bytes()).length // => 2
 * ```
 */
export function bytes(body: Uint8Array<ArrayBuffer>, init?: ResponseInit): Response {
  if (!(body instanceof Uint8Array))
    throw new TypeError(`bytes: body must be a Uint8Array, got ${describe(body)}`)
  return lightResponse(
    body,
    init,
    withDefault(initPairs(init?.headers), 'content-type', 'application/octet-stream'),
  )
}

/**
 * Returns a redirect. The location may be relative. Characters that a URL must encode are percent-encoded
 * (RFC 9110 §10.2.2).
 *
 * @param status 301, 302 (the default), 303, 307 or 308.
 * @throws RangeError if the status is not one of these.
 *
 * @example
 * ```ts
 * import { redirect } from '@tsgi/core'
 *
 * const response = redirect('/sign-in', 303)
 * response.status // => 303
 * response.headers.get('location') // => '/sign-in'
 * ```
 */
export function redirect(location: string | URL, status = 302, init?: ResponseInit): Response {
  if (status !== 301 && status !== 302 && status !== 303 && status !== 307 && status !== 308) {
    throw new RangeError(`redirect: status must be 301, 302, 303, 307 or 308, got ${status}`)
  }
  const headers = new Headers(init?.headers)
  headers.set(
    'location',
    String(location).replace(NOT_IN_URI, (part) => encodeURI(part.toWellFormed())),
  )
  return new LightResponse(null, { ...init, status, headers })
}

/**
 * Characters that a URI cannot have (RFC 3986 §2). Browsers read a backslash as a slash, so that `/\example.org` would lead to
 * another host. A '%' is not encoded again.
 */
const NOT_IN_URI = /[^!#-;=?-[\]_a-z~]+/gu

/**
 * Returns a response without a body.
 *
 * @example
 * ```ts
 * import { empty } from '@tsgi/core'
 *
 * empty().status // => 204
 * empty(404).body // => null
 * ```
 */
export function empty(status = 204, init?: ResponseInit): Response {
  return new LightResponse(null, { ...init, status })
}

/** `unknown`, or a message if a value of the type may be a promise, whose JSON form is `{}`. */
export type NotPromise<T> = [Extract<T, PromiseLike<unknown>>] extends [never]
  ? unknown
  : 'This is a promise: await it first'

/** Returns a response with a content type, unless the init has one. */
function typed(body: string, type: HeaderPairs, init: ResponseInit | undefined): Response {
  if (init === undefined && typeof body === 'string') return lightResponse(body, init, type)
  const own = toPairs(init?.headers)
  if (own !== undefined && typeof body === 'string') {
    const pairs = own.length === 0 ? type : hasName(own, 'content-type') ? own : [...type, ...own]
    return lightResponse(body, init, pairs)
  }
  if ((body as unknown) instanceof Promise) throw notAwaited('The body of the response', body)
  const headers = new Headers(init?.headers)
  if (!headers.has('content-type')) headers.set(type[0]!, type[1]!)
  return new LightResponse(body, { ...init, headers })
}

function notAwaited(name: string, promise: unknown): TypeError {
  ignoreRejection(promise)
  return new TypeError(`${name} is a promise; await it first`)
}
