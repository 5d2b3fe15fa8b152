import type { ServerResponse } from 'node:http'
import type { Environ } from '@tsgi/core'
import { isNullBodyStatus, plainParts } from '@tsgi/core/gateway'

/**
 * Writes an application's response into Node's, as a handler of Express would: what middleware has put in the way of
 * `writeHead`, `write` and `end` sees it pass.
 */
export async function deliver(response: Response, outgoing: ServerResponse, environ: Environ): Promise<void> {
  if (outgoing.writableEnded) {
    // A middleware that answers for an application that is late has answered.
    response.body?.cancel().catch((error: unknown) => environ.errors.write(error))
    return
  }
  const plain = plainParts(response)
  if (!outgoing.headersSent) setHead(response, outgoing)
  const isHead = environ.method === 'HEAD'
  if (plain !== undefined && plain.body !== null && !isNullBodyStatus(response.status)) {
    const bytes = Buffer.from(plain.body as string)
    if (!outgoing.headersSent && !outgoing.hasHeader('content-length'))
      outgoing.setHeader('Content-Length', bytes.byteLength)
    outgoing.end(bytes)
  } else if (response.body === null || isHead) {
    response.body?.cancel().catch((error: unknown) => environ.errors.write(error))
    outgoing.end()
  } else {
    outgoing.flushHeaders()
    await pipe(response.body, outgoing)
  }
}

function setHead({ status, statusText, headers }: Response, outgoing: ServerResponse): void {
  outgoing.statusCode = status
  if (statusText !== '') outgoing.statusMessage = statusText
  for (const [name, value] of headers) {
    // A handler in Express would find these set, and add to them.
    if (name === 'set-cookie') outgoing.appendHeader(name, value)
    else if (name === 'vary') outgoing.setHeader(name, merged(outgoing.getHeader(name), value))
    else outgoing.setHeader(name, value)
  }
}

function merged(before: unknown, added: string): string {
  const tokens = `${before ?? ''},${added}`.split(',').map((token) => token.trim())
  const seen = new Map(tokens.filter(Boolean).map((token) => [token.toLowerCase(), token]))
  return seen.has('*') ? '*' : [...seen.values()].join(', ')
}

async function pipe(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader()
  // One listener for all that is written: middleware that replaces `on` cannot take listeners back.
  let wake = () => {}
  outgoing.on('drain', () => wake())
  outgoing.on('close', () => {
    wake()
    reader.cancel().catch(() => {})
  })
  try {
    for (;;) {
      const read = reader.read()
      await flushUnless(read, outgoing)
      const { done, value } = await read
      if (done) break
      // Middleware counts on Node's own class.
      const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      const { promise: room, resolve } = Promise.withResolvers<void>()
      wake = resolve
      if (!outgoing.write(chunk)) await room
    }
    if (!outgoing.destroyed) outgoing.end()
  } catch (error) {
    outgoing.destroy(error as Error)
  }
}

/** What was written is not to wait in a compressor while nothing more is at hand. */
async function flushUnless(
  read: Promise<unknown>,
  outgoing: ServerResponse & { flush?(): void },
): Promise<void> {
  if (typeof outgoing.flush !== 'function') return
  const isAtHand = read.then(
    () => true,
    () => true,
  )
  const later = new Promise<boolean>((resolve) => setImmediate(resolve, false))
  if (!(await Promise.race([isAtHand, later]))) outgoing.flush()
}
