import { isNullBodyStatus, plainParts } from '@tsgi/core/gateway'
import { trimOws } from '@tsgi/core/http'
import type { CompressSettings } from './options.ts'

/** A response that is compressed if the client accepts a coding. */
export interface Candidate {
  /** The whole body; undefined if it is streamed or missing. */
  readonly body: string | Uint8Array<ArrayBuffer> | undefined
  /** The `Content-Length` that the application declared. */
  readonly size: number | undefined
  readonly isEvents: boolean
}

/**
 * Returns what is needed to compress a response; undefined if it must not be compressed, or is too small.
 *
 * @param canStream Whether the runtime can compress streams.
 */
export function candidateOf(
  method: string,
  response: Response,
  { minSize, types, events }: CompressSettings,
  canStream: boolean,
): Candidate | undefined {
  const { status } = response
  if (status === 206 || isNullBodyStatus(status)) return undefined
  const body = plainParts(response)?.body
  // Decides about most responses, without their headers.
  if (body && body.length < minSize) return undefined

  const { headers } = response
  const length = headers.get('content-length')
  const size = length === null ? undefined : Number(length)
  if (size !== undefined && size < minSize) return undefined
  if (headers.has('content-range') || isEncoded(headers) || isFinal(headers)) return undefined
  const type = trimOws((headers.get('content-type') ?? '').split(';', 1)[0]!).toLowerCase()
  const isEvents = type === 'text/event-stream'
  if (isEvents ? !events : type === '' || !types(type)) return undefined

  if (body) return { body, size, isEvents }
  // Opens the stream of a light response, so it comes last.
  if (body === undefined && response.body !== null) {
    return canStream ? { body: undefined, size, isEvents } : undefined
  }
  // The response to HEAD may have the fields of a body that is not there.
  return method === 'HEAD' && size !== undefined ? { body: undefined, size, isEvents } : undefined
}

function isEncoded(headers: Headers): boolean {
  const coding = headers.get('content-encoding')
  return coding !== null && trimOws(coding).toLowerCase() !== 'identity'
}

/** Reports whether nobody may transform the body (RFC 9111 §5.2.2.6). */
function isFinal(headers: Headers): boolean {
  return /(?:^|[,\t ])no-transform(?:$|[,\t ])/i.test(headers.get('cache-control') ?? '')
}
