import { type Awaitable, chain } from '@tsgi/core'
import { plainParts } from '@tsgi/core/gateway'
import { digest } from '#digest'

/** Number of characters of a digest in base64url: 162 bits. */
const LENGTH = 27

/** Generates a strong entity tag for a response that needs one; returns undefined for any other. */
export function generateTag(response: Response, maxSize: number): Awaitable<string> | undefined {
  if (response.status !== 200) return undefined
  const body = plainParts(response)?.body
  // The response to HEAD may have an empty body, whose tag would not be that of the response to GET.
  if (!body || body.length === 0 || body.length > maxSize) return undefined
  const { headers } = response
  if (headers.has('etag') || headers.has('content-range')) return undefined
  if (/\bno-store\b/i.test(headers.get('cache-control') ?? '')) return undefined
  if (headers.get('content-type')?.startsWith('text/event-stream')) return undefined
  return chain(digest(body), (text) => `"${text.slice(0, LENGTH)}"`)
}
