import { endOf, setEnd } from '../body/early-end.ts'
import { ABOUT_BYTES, rebuild, without } from './rebuild.ts'

/**
 * Returns the response with its body stream replaced, usually piped through a `TransformStream`. Nothing is buffered. A
 * response without a body is returned unchanged. Headers that describe the old bytes are dropped, as in {@link mapText}.
 *
 * @example
 * ```ts
 * import { mapBody, stream } from '@tsgi/core'
 *
 * const double = () => new TransformStream<Uint8Array, Uint8Array>({
 *   transform(chunk, controller) {
 *     controller.enqueue(chunk)
 *     controller.enqueue(chunk)
 *   },
 * })
 * const response = mapBody(stream(['ha']), (body) => body.pipeThrough(double()))
 * await response.text() // => 'haha'
 * ```
 */
export function mapBody(
  response: Response,
  change: (body: ReadableStream<Uint8Array<ArrayBuffer>>) => ReadableStream<Uint8Array>,
): Response {
  const { body } = response
  if (body === null) return response
  const changed = change(body)
  setEnd(changed, endOf(body))
  return rebuild(response, changed, without(ABOUT_BYTES, response.headers))
}
