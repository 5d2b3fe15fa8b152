import { lightParts, lightResponse } from '#response'
import { BodySource } from '../body/body-source.ts'
import { byteLength, type Chunk } from '../body/chunk.ts'
import { isHopByHop } from '../http/hop-by-hop.ts'
import { lightHeaders } from '../http/light-headers.ts'
import { isNullBodyStatus } from '../http/status.ts'
import { describe } from '../options/describe.ts'
import { keepError } from '../response/error-of.ts'
import { LintError, rule } from './rule.ts'

/** Any control character but the tab */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/

/** Checks the response of an application. Returns it with a body that is checked as it is read. */
export function lintResponse(response: unknown, returned: WeakSet<Response>): Response {
  // ## The response
  //
  // Duties of an application, and of every middleware to the gateway.

  // R1. An application MUST return a `Response`, or a promise of one.
  rule(
    'R1',
    response instanceof Response,
    () => `the application returned ${describe(response)}, not a Response`,
  )

  // R2. It MUST return a new `Response` for each request: a body can only be sent once.
  rule('R2', !returned.has(response), () => 'the same Response was returned twice; make one for each request')
  returned.add(response)

  // R3. The status MUST be from 200 to 599. A network error has none, and 1xx belong to the gateway.
  const { status } = response
  rule('R3', status >= 200 && status <= 599, () => `status must be from 200 to 599, got ${status}`)

  // R4. The body MUST NOT be read or locked.
  const parts = lightParts(response)
  if (parts === undefined) {
    rule('R4', !response.bodyUsed && !response.body?.locked, () => 'the body was already read, or is locked')
  }

  // Reading `headers` would create them, and the gateway may not need them.
  const fields = parts === undefined ? response.headers : lightHeaders(parts.headers)
  lintFields(fields, status)

  const length = fields.get('content-length')
  if (parts === undefined)
    return response.body === null ? response : watchBody(response, response.body, length)
  if (parts.body instanceof BodySource)
    return keepError(response, lightResponse(watchLength(parts.body.take(), length), response, parts.headers))
  if (parts.body !== null) lintLength(length, byteLength(parts.body))
  return response
}

function lintFields(headers: Headers, status: number): void {
  for (const [name, value] of headers) {
    // R5. A field value MUST NOT have control characters other than the tab (RFC 9110 §5.5).
    rule('R5', !CONTROL.test(value), () => `the field '${name}' has a control character: ${describe(value)}`)

    // R6. A response MUST NOT have a hop-by-hop field: `Connection`, `Keep-Alive`, `Proxy-Connection`, `TE`, `Trailer`,
    // `Transfer-Encoding` or `Upgrade` (RFC 9110 §7.6.1). They belong to the gateway. A response of status 426 MAY have
    // `Upgrade` (RFC 9110 §15.5.22); the gateway adds `Connection: upgrade`.
    rule(
      'R6',
      !isHopByHop(name) || (name === 'upgrade' && status === 426),
      () => `the field '${name}' is hop-by-hop and belongs to the gateway`,
    )

    // R7. A response MUST NOT have a field named `Status`: CGI and its relatives read it as the status line (RFC 3875 §6.3.3).
    rule('R7', name !== 'status', () => `a field named 'Status' is not a response field`)

    // R8. Every `Set-Cookie` MUST be a field of its own that starts with `name=value` (RFC 6265 §4.1).
    rule(
      'R8',
      name !== 'set-cookie' ||
        // Browsers accept more names than tokens (RFC 6265bis §5.6).
        /^[^;=]+=(?:"[^\s,;"\\]*"|[^\s,;"\\]*)(?:;|$)/.test(value),
      () => `Set-Cookie must start with name=value, got ${describe(value)}`,
    )
  }

  // R9. A response with a body SHOULD have a `Content-Type` (not checked). A response of status 204, 205 or 304 MUST NOT
  // have one.
  const type = headers.get('content-type')
  rule(
    'R9',
    !isNullBodyStatus(status) || type === null,
    () => `a response of status ${status} has no body, so it must not have a Content-Type`,
  )

  // R10. `Content-Length` MUST be decimal digits. A response of status 204 MUST NOT have one (RFC 9110 §8.6).
  const length = headers.get('content-length')
  rule(
    'R10',
    length === null || /^\d+$/.test(length),
    () => `Content-Length must be decimal digits, got ${describe(length)}`,
  )
  rule(
    'R10',
    length === null || status !== 204,
    () => 'a response of status 204 must not have a Content-Length',
  )

  // R11. `Location` MUST be a URI reference in visible ASCII, not empty (RFC 9110 §10.2.2).
  const location = headers.get('location')
  rule(
    'R11',
    location === null || /^[\x21-\x7e]+$/.test(location),
    () => `Location must be a URI, got ${describe(location)}`,
  )

  // R12. A response of status 405 MUST have an `Allow` field (RFC 9110 §15.5.6).
  rule('R12', status !== 405 || headers.has('allow'), () => 'a response of status 405 needs Allow')

  // R13. To accept a WebSocket, an application MUST return the response of `upgrade.accept`. A middleware MAY replace it by
  // another response of status 204 without a body; with any other response, it rejects the handshake. (Not checked.)
}

function watchBody(response: Response, body: ReadableStream<Uint8Array>, length: string | null): Response {
  // ## The body
  //
  // Duties of an application whose body is a stream. The linter errors the stream if it breaks a rule.
  const source = BodySource.fromStream(body, (chunk): Chunk => {
    // B1. Every chunk MUST be a `Uint8Array`.
    rule(
      'B1',
      chunk instanceof Uint8Array,
      () => `a chunk of the body is ${describe(chunk)}, not a Uint8Array`,
    )
    return chunk
  })
  return keepError(response, new Response(watchLength(source, length).toStream(), response))
}

/** Returns a source of the same chunks that fails at its end if their length is another. */
function watchLength(source: BodySource, length: string | null): BodySource {
  let bytes = 0
  const check = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (result.done) lintLength(length, bytes)
    return result
  }
  const next = () => {
    const result = source.next()
    return 'then' in result ? result.then(check) : check(result)
  }
  const encode = (value: unknown): Chunk => {
    const chunk = source.encode(value)
    bytes += byteLength(chunk)
    return chunk
  }
  return new BodySource({ next, return: (reason) => source.cancel(reason) }, encode, source)
}

function lintLength(length: string | null, bytes: number): void {
  // B2. A `Content-Length` MUST be the number of bytes in the body, except in a response to `HEAD`.
  rule(
    'B2',
    length === null || Number(length) === bytes,
    () => `Content-Length is ${length}, but the body has ${bytes} bytes`,
  )
}

/** Checks the value that an application threw. */
export function lintThrown(error: unknown): unknown {
  // A3. An application MUST only throw an `Error`, which is logged with its stack.
  if (error instanceof Error) return error
  return new LintError('A3', `the application threw ${describe(error)}, not an Error`)
}
