import { type Awaitable, type Environ, withBody } from '@tsgi/core'
import { plainParts } from '@tsgi/core/gateway'
import { CapturedBody } from './captured-body.ts'

/** A response whose body is read for the cache, too. */
export interface CapturedResponse {
  /** The response for the client. */
  readonly response: Response
  /** The whole body; undefined if it is not complete or too large. */
  readonly body: Awaitable<Uint8Array<ArrayBuffer> | undefined>
  /** The body that is being read, if it is a stream. */
  readonly stream?: CapturedBody
}

const EMPTY = new Uint8Array()

/**
 * Captures the body of a response. Returns undefined if it is larger than the maximum size.
 *
 * @param left Called if the client stops reading before the end.
 */
export function captureResponse(
  response: Response,
  maxSize: number,
  left: () => void,
): CapturedResponse | undefined {
  const declared = response.headers.get('content-length')
  if (declared !== null && Number(declared) > maxSize) return undefined
  const plain = plainParts(response)
  if (plain !== undefined) {
    const body = plain.body ?? EMPTY
    const size = typeof body === 'string' ? body.length : body.byteLength
    if (size > maxSize) return undefined
    // A copy, because the application may write to its bytes again, or they may be a small part of a large buffer.
    const copy = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)
    return copy.byteLength > maxSize ? undefined : { response, body: copy }
  }
  if (response.body === null) return { response, body: EMPTY }
  const stream = new CapturedBody(response.body as ReadableStream<Uint8Array<ArrayBuffer>>, maxSize)
  const isComplete = (body: Uint8Array) => declared === null || Number(declared) === body.byteLength
  return {
    response: withBody(response, stream.chunks(left)),
    body: stream.whole.then((body) => (body !== undefined && isComplete(body) ? body : undefined)),
    stream,
  }
}

/**
 * Stops reading a stream when nobody needs it.
 *
 * @param signal Aborts when neither a client nor the cache needs it.
 * @param environ The request of the client that reads it; undefined if there is none.
 */
export function watchStream(stream: CapturedBody, signal: AbortSignal, environ: Environ | undefined): void {
  const stop = () => stream.cancel(signal.reason)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop)
  if (environ === undefined) stream.abandon()
  else environ.finished.then(() => stream.abandon())
}
