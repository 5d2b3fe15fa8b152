import { boundStall, endStream } from './end-response.ts'
import type { NodeExchange } from './exchange.ts'
import { type ResponseHead, writeHead } from './response-head.ts'
import { sendWhole } from './send-whole.ts'

/**
 * Writes a response whose body is a stream, no faster than the client takes it. When the client leaves, the stream
 * is cancelled.
 *
 * The head waits for the first chunk, but no longer than until the event loop comes round: a body that is over by
 * then is sent whole, with its length; one that failed is answered 500.
 */
export function streamBody(
  exchange: NodeExchange,
  head: ResponseHead,
  body: ReadableStream<Uint8Array>,
  declared: number | undefined,
  onFailure: (error: unknown) => void,
): void {
  const { outgoing, settings } = exchange
  const reader = body.getReader()
  let held: Uint8Array | undefined
  let begun = false

  function fail(error: unknown): void {
    clearImmediate(early)
    exchange.onGone = undefined
    reader.cancel(error).catch(() => {})
    onFailure(error)
  }

  function put(chunk: Uint8Array): boolean {
    exchange.bytes += chunk.byteLength
    if (declared !== undefined && exchange.bytes > declared) {
      throw new TypeError(`The application's Content-Length is ${declared}, but its body has more bytes`)
    }
    return outgoing.write(chunk)
  }

  function begin(): void {
    begun = true
    clearImmediate(early)
    // What the body is made of may be the request's.
    const isLast = exchange.broken || (exchange.hasLongRest && !exchange.isReading)
    writeHead(exchange, head, declared, isLast)
    if (held === undefined) outgoing.flushHeaders()
    else put(held)
  }

  async function pump(): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read()
      if (exchange.closed) return
      if (done) break
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`The body of the response holds a ${typeof value}, not bytes`)
      }
      if (value.byteLength === 0) continue
      if (!begun && held === undefined) {
        held = value
        continue
      }
      if (!begun) begin()
      if (put(value)) continue
      boundStall(exchange)
      await drained(exchange)
      if (exchange.closed) return
      if (settings.limits.sendTimeout > 0) exchange.carrier.setTimeout(0)
    }
    clearImmediate(early)
    if (!begun) return sendWhole(exchange, head, held ?? new Uint8Array())
    if (declared !== undefined && exchange.bytes < declared) {
      throw new TypeError(
        `The application's Content-Length is ${declared}, but its body has ${exchange.bytes} bytes`,
      )
    }
    endStream(exchange)
  }

  const early = setImmediate(() => {
    try {
      begin()
    } catch (error) {
      fail(error)
    }
  })
  exchange.onGone = (reason) => {
    clearImmediate(early)
    reader.cancel(reason).catch((error: unknown) => exchange.errors.write(error))
  }
  pump().catch((error: unknown) => {
    // What a source throws because its client left is not news.
    if (!exchange.closed) fail(error)
  })
}

/** Settles when the client has taken what was written, or left. */
function drained({ outgoing }: NodeExchange): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      outgoing.off('drain', settle)
      outgoing.off('close', settle)
      resolve()
    }
    outgoing.on('drain', settle)
    outgoing.on('close', settle)
  })
}
