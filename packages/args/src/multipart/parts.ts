import { type Environ, HttpError } from '@tsgi/core'
import { checkBoundary, checkCharset, checkNotEncoded, parseContentType } from '../headers/content-type.ts'
import type { FormPart } from './form-part.ts'
import { type FormLimits, formBounds, readFormLimits } from './limits.ts'
import { MultipartReader } from './multipart-reader.ts'

const TYPE = 'multipart/form-data'

/**
 * Yields the parts of a multipart form as they arrive. The next part begins when you request it; whatever you have not read
 * of the current one is skipped. File inputs without a file are left out.
 *
 * Throws `HttpError` 400 if the form is malformed or cut off, 413 if it exceeds a limit, and 415 if the body is not a
 * multipart form. The body of a part throws the same.
 *
 * @throws TypeError if a limit is unknown or invalid, or if the body was read before.
 *
 * @example
 * ```ts
 * import { parts } from '@tsgi/args'
 * import { type Application, json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const application: Application = async (environ) => {
 *   const sizes: Record<string, number> = {}
 *   for await (const part of parts(environ, { maxBodySize: 10_000_000 })) {
 *     if (part.filename === undefined) continue
 *     let size = 0
 *     for await (const chunk of part.body) size += chunk.byteLength
 *     sizes[part.filename] = size
 *   }
 *   return json(sizes)
 * }
 *
 * const form = new FormData()
 * form.append('title', 'The sea')
 * form.append('photo', new File(['four'], 'sea.png'))
 * const response = await client(application).post('/', { form })
 * await response.json() // => { 'sea.png': 4 }
 * ```
 */
export async function* parts(environ: Environ, limits: FormLimits = {}): AsyncGenerator<FormPart, void> {
  const allowed = readFormLimits('parts', limits, formBounds)
  const reader = new MultipartReader(environ, boundaryOf(environ.headers), allowed)
  try {
    for (let part = await reader.next(); part !== undefined; part = await reader.next()) yield part
  } finally {
    reader.close()
  }
}

function boundaryOf(headers: Headers): string {
  checkNotEncoded(headers)
  const type = parseContentType(headers.get('content-type') || 'application/octet-stream')
  if (type.essence !== TYPE) {
    throw new HttpError(415, `The request body must be ${TYPE}.`, { headers: { accept: TYPE } })
  }
  checkCharset(type)
  return checkBoundary(type.boundary)
}
