import { lightParts, lightResponse } from '#response'
import { BodySource, type Chunk } from '../body/body-source.ts'
import { watch } from '../body/watch.ts'
import { isHopByHop } from '../http/hop-by-hop.ts'
import { describe } from '../options/describe.ts'
import { LintError, rule } from './rule.ts'

/** Any control character but the tab */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/

/** Checks what an application returned, and returns it with its body watched. */
export function lintResponse(response: unknown, returned: WeakSet<Response>): Response {
  // ## The response
  //
  // Duties of an application, and of every middleware towards the gateway.

  // R1. An application MUST return a `Response`, or a promise of one.
  rule(
    'R1',
    response instanceof Response,
    () => `the application returned ${describe(response)}, not a Response`,
  )

  // R2. It MUST return a new `Response` for each request: a body can be sent once.
  rule('R2', !returned.has(response), () => 'the same Response was returned twice; make one for each request')
  returned.add(response)

  // R3. The status MUST be from 200 to 599: a network error has none, and 1xx are the gateway's.
  const { status } = response
  rule('R3', status >= 200 && status <= 599, () => `status must be from 200 to 599, got ${status}`)

  // R4. The body MUST be neither read nor locked.
  const parts = lightParts(response)
  if (parts === undefined) {
    rule('R4', !response.bodyUsed && !response.body?.locked, () => 'the body was already read, or is locked')
  }

  const hasBody = parts === undefined ? response.body !== null : parts.body !== null
  // Reading `headers` would make them, which the gateway may have no need of.
  const fields = parts === undefined ? response.headers : new Headers(pairsOf(parts.headers))
  lintFields(fields, status, hasBody)

  const length = fields.get('content-length')
  if (parts === undefined)
    return response.body === null ? response : watchBody(response, response.body, length)
  if (parts.body instanceof BodySource)
    return lightResponse(watchLength(parts.body.take(), length), response, parts.headers)
  if (parts.body !== null) lintLength(length, byteLength(parts.body))
  return response
}

function lintFields(headers: Headers, status: number, hasBody: boolean): void {
  for (const [name, value] of headers) {
    // R5. A field value MUST NOT have control characters other than the tab (RFC 9110 §5.5).
    rule('R5', !CONTROL.test(value), () => `the field '${name}' has a control character: ${describe(value)}`)

    // R6. There MUST be no hop-by-hop field: `Connection`, `Keep-Alive`, `Proxy-Connection`, `TE`, `Trailer`,
    // `Transfer-Encoding` or `Upgrade` (RFC 9110 §7.6.1). They are the gateway's.
    rule('R6', !isHopByHop(name), () => `the field '${name}' is hop-by-hop, and the gateway's own`)

    // R7. There MUST be no field named `Status`: the CGI family takes it for the status line (RFC 3875 §6.3.3).
    rule('R7', name !== 'status', () => `a field named 'Status' is not a response field`)

    // R8. Every `Set-Cookie` MUST be a field of its own that begins with `name=value` (RFC 6265 §4.1).
    rule(
      'R8',
      name !== 'set-cookie' ||
        // Browsers accept more names than tokens (RFC 6265bis §5.6).
        /^[^;=]+=(?:"[^\s,;"\\]*"|[^\s,;"\\]*)(?:;|$)/.test(value),
      () => `Set-Cookie must begin with name=value, got ${describe(value)}`,
    )
  }

  // R9. A response with a body MUST have a `Content-Type`; one of status 204, 205 or 304 MUST NOT.
  const type = headers.get('content-type')
  rule('R9', !hasBody || type !== null, () => 'a response with a body needs a Content-Type')
  const bodiless = status === 204 || status === 205 || status === 304
  rule(
    'R9',
    !bodiless || type === null,
    () => `a response of status ${status} has no body to give a Content-Type`,
  )

  // R10. `Content-Length` MUST be decimal digits, and MUST NOT stand on status 204 (RFC 9110 §8.6).
  const length = headers.get('content-length')
  rule(
    'R10',
    length === null || /^\d+$/.test(length),
    () => `Content-Length must be decimal digits, got ${describe(length)}`,
  )
  rule('R10', length === null || status !== 204, () => 'a response of status 204 has no Content-Length')

  // R11. `Location` MUST be a URI reference in visible ASCII (RFC 9110 §10.2.2), not empty.
  const location = headers.get('location')
  rule(
    'R11',
    location === null || /^[\x21-\x7e]+$/.test(location),
    () => `Location must be a URI, got ${describe(location)}`,
  )

  // R12. Status 405 MUST come with `Allow` (RFC 9110 §15.5.6).
  rule('R12', status !== 405 || headers.has('allow'), () => 'a response of status 405 needs Allow')
}

function watchBody(response: Response, body: ReadableStream<Uint8Array>, length: string | null): Response {
  // ## The body
  //
  // Duties of an application whose body is a stream; a breach errors the stream.
  const source = BodySource.fromStream(body, (chunk): Chunk => {
    // B1. Every chunk MUST be a `Uint8Array`.
    rule(
      'B1',
      chunk instanceof Uint8Array,
      () => `a chunk of the body is ${describe(chunk)}, not a Uint8Array`,
    )
    return chunk
  })
  return new Response(watchLength(source, length).toStream(), response)
}

function watchLength(source: BodySource, length: string | null): BodySource {
  let bytes = 0
  return watch(source, {
    chunk(size) {
      bytes += size
    },
    end: () => lintLength(length, bytes),
  })
}

function lintLength(length: string | null, bytes: number): void {
  // B2. Where there is a `Content-Length`, it MUST be the number of bytes in the body, except in answer to `HEAD`.
  rule(
    'B2',
    length === null || Number(length) === bytes,
    () => `Content-Length is ${length}, but the body has ${bytes} bytes`,
  )
}

/** Checks what an application threw. */
export function lintThrown(error: unknown): unknown {
  // A3. What an application throws MUST be an `Error`: it is logged with its stack.
  if (error instanceof Error) return error
  return new LintError('A3', `the application threw ${describe(error)}, not an Error`)
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, flat[index + 1]!]] : [],
  )
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength
}
