import { lightResponse } from '#response'
import { hasName, withoutNames } from '../http/header-pairs.ts'
import { describe } from '../options/describe.ts'
import { keepError } from './error-of.ts'
import { plainParts } from './light/response-parts.ts'
import { ABOUT_BYTES, rebuild, without } from './rebuild.ts'

/**
 * Returns the response with its text changed. Waits for the whole body. Headers that describe the old bytes are dropped:
 * `Content-Length`, `ETag`, `Digest` and others.
 *
 * The text must be UTF-8. A response without a body, with a `Content-Encoding`, or with bytes that are not UTF-8, such as an
 * image, is returned unchanged.
 *
 * @throws TypeError (by rejection) if `change` does not return a string.
 *
 * @example
 * ```ts
 * import { mapText, text } from '@tsgi/core'
 *
 * const response = await mapText(text('Hello world'), (text) => text.replaceAll('Hello', 'Goodbye'))
 * await response.text() // => 'Goodbye world'
 * ```
 */
export async function mapText(
  response: Response,
  change: (text: string) => string | Promise<string>,
): Promise<Response> {
  const plain = plainParts(response)
  if (plain !== undefined) {
    const { headers, body } = plain
    if (body === null || hasName(headers, 'content-encoding')) return response
    const text = typeof body === 'string' ? body : decoded(body)
    if (text === undefined) return response
    const changed = checked(await change(text))
    return keepError(response, lightResponse(changed, response, withoutNames(headers, ABOUT_BYTES)))
  }
  if (response.body === null || response.headers.has('content-encoding')) return response
  const bytes = await response.bytes()
  const text = decoded(bytes)
  if (text === undefined) return rebuild(response, bytes, response.headers)
  return rebuild(response, checked(await change(text)), without(ABOUT_BYTES, response.headers))
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function checked(text: unknown): string {
  if (typeof text === 'string') return text
  throw new TypeError(`mapText: change must return a string, got ${describe(text)}`)
}
