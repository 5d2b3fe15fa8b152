import { LightResponse } from '#response'
import { iteratorOf, toByteStream } from './stream.ts'

/** One server-sent event. */
export interface ServerSentEvent {
  /** The payload; each of its lines becomes a `data` field. */
  readonly data?: string
  /** The event's type, `message` to the client where absent. One line. */
  readonly event?: string
  /** What the client sends back as `Last-Event-ID` when it reconnects. One line, without NUL. */
  readonly id?: string
  /** Milliseconds the client is to wait before it reconnects. A whole number. */
  readonly retry?: number
}

/** The options of {@link sse}. */
export interface SseInit extends ResponseInit {
  /**
   * Milliseconds of silence after which a comment is sent, so that proxies and runtimes keep the connection; 5,000 by
   * default (Bun closes one that was idle for 10 seconds), 0 for never.
   */
  readonly keepAlive?: number
}

/**
 * A response of server-sent events. A string is an event with that data. Events are taken no faster than the
 * client reads; when it leaves, the iterable's `return()` is called.
 *
 * Source: HTML Living Standard §9.2, "Server-sent events".
 *
 * @throws RangeError where `keepAlive` is not a number of milliseconds, TypeError where `events` is not iterable. Into the stream: TypeError where an event
 *   or an id holds a line break, or `retry` is not a whole number.
 *
 * @example
 * ```ts
 * import { sse } from '@tsgi/core'
 *
 * async function* prices() {
 *   yield 'first'
 *   yield { event: 'price', id: '7', data: '12.50' }
 * }
 * await sse(prices()).text() // => 'data: first\n\nevent: price\nid: 7\ndata: 12.50\n\n'
 * ```
 */
export function sse(
  events: AsyncIterable<ServerSentEvent | string> | Iterable<ServerSentEvent | string>,
  { keepAlive = 5_000, ...init }: SseInit = {},
): Response {
  if (!(keepAlive >= 0 && keepAlive < 2 ** 31)) {
    throw new RangeError(`sse: keepAlive must be from 0 to 2147483647 milliseconds, got ${keepAlive}`)
  }
  const headers = new Headers(init.headers)
  headers.set('content-type', 'text/event-stream')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache')
  // nginx buffers what it proxies unless told not to, which would hold events back.
  if (!headers.has('x-accel-buffering')) headers.set('x-accel-buffering', 'no')
  const iterator = iteratorOf(typeof events === 'string' ? [events] : events, 'sse: events')
  return new LightResponse(toByteStream(fields(iterator, keepAlive)), { ...init, headers })
}

/** The events as text, with a comment wherever the source is silent for too long. */
function fields(
  iterator: AsyncIterator<ServerSentEvent | string> | Iterator<ServerSentEvent | string>,
  keepAlive: number,
): AsyncIterable<string> {
  let pending: Promise<IteratorResult<ServerSentEvent | string>> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  // Not a generator: one that waits for its next event would not hear `return()` before that event came.
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        pending ??= Promise.resolve(iterator.next())
        const contenders: Promise<IteratorResult<ServerSentEvent | string> | undefined>[] = [pending]
        if (keepAlive > 0) {
          contenders.push(
            new Promise((resolve) => {
              timer = setTimeout(resolve, keepAlive, undefined)
            }),
          )
        }
        const result = await Promise.race(contenders).finally(() => clearTimeout(timer))
        if (result === undefined) return { done: false, value: ': keep-alive\n\n' }
        pending = undefined
        if (result.done) return { done: true, value: undefined }
        const event = result.value
        return { done: false, value: serialize(typeof event === 'string' ? { data: event } : event) }
      },
      async return() {
        clearTimeout(timer)
        await iterator.return?.()
        return { done: true, value: undefined }
      },
    }),
  }
}

function serialize({ event, id, retry, data }: ServerSentEvent): string {
  let text = ''
  if (event !== undefined) text += `event: ${oneLine('event', event)}\n`
  if (id !== undefined) text += `id: ${oneLine('id', id)}\n`
  if (retry !== undefined) {
    if (!Number.isSafeInteger(retry) || retry < 0) {
      throw new TypeError(`sse: retry must be a whole number of milliseconds, got ${retry}`)
    }
    text += `retry: ${retry}\n`
  }
  if (data !== undefined) for (const line of data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`
  return `${text}\n`
}

function oneLine(field: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw new TypeError(`sse: ${field} must be one line without NUL`)
  return value
}
