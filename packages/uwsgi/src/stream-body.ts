import type { UwsgiExchange } from './exchange.ts'

/** What a streamed body is written with. */
export interface StreamInit {
  /** Bytes that the application says it has. */
  readonly declared: number | undefined
  /** Writes the head. */
  readonly begin: () => void
  /** Writes head and body in the place of both, where all of it came before anything was written. */
  readonly whole: (body: Uint8Array) => void
  readonly fail: (error: unknown) => void
}

/**
 * Writes a body that is a stream, no faster than the front end takes it. When the client leaves, the stream is
 * cancelled.
 *
 * The head waits for the first chunk, but no longer than until the event loop comes round. A body that is over by then
 * is sent with its length, without which a front end cannot tell a whole response from one cut off.
 */
export function streamBody(
  exchange: UwsgiExchange,
  body: ReadableStream<Uint8Array>,
  { declared, begin, whole, fail }: StreamInit,
): void {
  const { socket, settings } = exchange
  const reader = body.getReader()
  let held: Uint8Array | undefined
  let begun = false

  function put(chunk: Uint8Array): boolean {
    exchange.bytes += chunk.byteLength
    if (declared !== undefined && exchange.bytes > declared) {
      throw new TypeError(`The application's Content-Length is ${declared}, but its body has more bytes`)
    }
    return socket.write(chunk)
  }

  function start(): void {
    if (begun || exchange.closed) return
    begun = true
    clearImmediate(early)
    begin()
    if (held !== undefined) put(held)
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
      start()
      if (put(value)) continue
      socket.setTimeout(settings.limits.sendTimeout)
      await drained(exchange)
      if (exchange.closed) return
      socket.setTimeout(0)
    }
    clearImmediate(early)
    if (!begun) {
      begun = true
      whole(held ?? new Uint8Array())
      return
    }
    if (declared !== undefined && exchange.bytes < declared) {
      throw new TypeError(
        `The application's Content-Length is ${declared}, but its body has ${exchange.bytes} bytes`,
      )
    }
    exchange.finish()
  }

  function stop(error: unknown): void {
    // What a source throws because its client left is not news.
    if (exchange.closed) return
    clearImmediate(early)
    exchange.onGone = undefined
    reader.cancel(error).catch(() => {})
    fail(error)
  }

  const early = setImmediate(() => {
    try {
      start()
    } catch (error) {
      stop(error)
    }
  })
  exchange.onGone = (reason) => {
    clearImmediate(early)
    reader.cancel(reason).catch((error: unknown) => exchange.errors.write(error))
  }
  pump().catch(stop)
}

/** Settles when the front end has taken what was written, or left. */
function drained({ socket }: UwsgiExchange): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('drain', settle)
      socket.off('close', settle)
      resolve()
    }
    socket.on('drain', settle)
    socket.on('close', settle)
  })
}
