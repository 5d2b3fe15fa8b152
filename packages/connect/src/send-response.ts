import type { Environ } from '@tsgi/core'
import { isNullBodyStatus, plainParts } from '@tsgi/core/gateway'
import type { NodeResponse } from './response.ts'
import { mergeVary } from './vary.ts'

/**
 * Writes the application's response to Node's response, as an Express handler would, so that it passes through `writeHead`,
 * `write` and `end`, which middleware may have replaced.
 */
export async function sendResponse(response: Response, res: NodeResponse, environ: Environ): Promise<void> {
  const discard = () => {
    response.body?.cancel().catch((error: unknown) => environ.errors.write(error))
  }
  // The middleware has responded in the meantime, or the client has disconnected.
  if (res.writableEnded || res.destroyed) return discard()
  const plain = plainParts(response)
  if (!res.headersSent) setHead(response, res)
  if (plain !== undefined && plain.body !== null && !isNullBodyStatus(response.status)) {
    const bytes = Buffer.from(plain.body as string)
    if (!res.headersSent && !res.hasHeader('content-length')) {
      res.setHeader('Content-Length', bytes.byteLength)
    }
    res.end(bytes)
  } else if (response.body === null || environ.method === 'HEAD') {
    discard()
    res.end()
  } else {
    res.flushHeaders()
    await pipe(response.body, res)
  }
}

function setHead({ status, statusText, headers }: Response, res: NodeResponse): void {
  res.statusCode = status
  if (statusText !== '') res.statusMessage = statusText
  for (const [name, value] of headers) {
    // These are combined, in Express as well.
    if (name === 'set-cookie') res.appendHeader(name, value)
    else if (name === 'vary') res.setHeader(name, mergeVary(res.getHeader(name), value))
    else res.setHeader(name, value)
  }
}

async function pipe(body: ReadableStream<Uint8Array>, res: NodeResponse): Promise<void> {
  const reader = body.getReader()
  // A single listener for the whole body, because compression replaces `on` and cannot remove listeners.
  let wake = () => {}
  res.on('drain', () => wake())
  res.on('close', () => {
    wake()
    reader.cancel().catch(() => {})
  })
  try {
    for (;;) {
      const read = reader.read()
      await flushUnlessReady(read, res)
      const { done, value } = await read
      if (done) break
      // Middleware relies on Buffer.
      const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      const { promise: drained, resolve } = Promise.withResolvers<void>()
      wake = resolve
      if (!res.write(chunk)) await drained
    }
    if (!res.destroyed) res.end()
  } catch (error) {
    res.fail(error)
  }
}

/** Flushes a compressor if the next chunk does not follow immediately. */
async function flushUnlessReady(
  read: Promise<unknown>,
  res: NodeResponse & { flush?(): void },
): Promise<void> {
  if (typeof res.flush !== 'function') return
  const ready = read.then(
    () => true,
    () => true,
  )
  const later = new Promise<boolean>((resolve) => setImmediate(resolve, false))
  if (!(await Promise.race([ready, later]))) res.flush()
}
