import { lightResponse } from '#response'
import { BodySource } from '../body/body-source.ts'
import { iteratorOf } from '../body/chunk-iterator.ts'
import { EndingIterator } from '../body/ending-iterator.ts'
import type { KeepAliveInit } from '../body/keep-alive.ts'
import { type HeaderPairs, withDefault, withoutNames } from '../http/header-pairs.ts'
import { describe } from '../options/describe.ts'
import type { Duration } from '../options/duration.ts'
import { duration, readLimits } from '../options/limits.ts'
import { initPairs } from './light/init-pairs.ts'

/** One server-sent event. */
export interface ServerSentEvent {
  /** The payload. Each of its lines becomes a `data` field. */
  readonly data?: string
  /** The event's type; `message` by default. One line. */
  readonly event?: string
  /** What the client sends as `Last-Event-ID` when it reconnects. One line, without NUL. */
  readonly id?: string
  /** How long the client waits before it reconnects, in milliseconds. A whole number. */
  readonly retry?: number
}

/** The options of {@link sse}. */
export interface SseInit extends ResponseInit {
  /**
   * Time without an event after which a comment is sent, so that proxies and runtimes keep the connection open. 5 s by
   * default, because Bun closes a connection after 10 idle seconds; 0 disables the comments.
   */
  readonly keepAlive?: Duration
  /**
   * What happens when the gateway starts to stop. `'end'`, the default, ends the stream after the current event, and the
   * client reconnects. `'wait'` leaves the end to `events`, which can listen to `environ.gateway.stopping`.
   */
  readonly stop?: 'end' | 'wait'
}

/**
 * Returns a response that streams server-sent events. A string is an event with that data. The next event is requested
 * no faster than the client reads. When the client disconnects, the iterable's `return()` is called, as for {@link stream}.
 *
 * When the gateway starts to stop, the stream ends after the current event: `environ.signal` aborts, and `return()` is
 * called. Pass the signal to slow operations, so that a generator runs its `finally` immediately.
 *
 * Source: HTML Living Standard §9.2, "Server-sent events".
 *
 * @throws TypeError if `keepAlive` is not a duration, `stop` is not one of its values, or `events` is not iterable. The stream fails with a TypeError if an
 *   event is not a string or an object, a member of it has the wrong type or a line break, or `retry` is not a whole
 *   number.
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
  { keepAlive, stop = 'end', ...init }: SseInit = {},
): Response {
  if (stop !== 'end' && stop !== 'wait') {
    throw new TypeError(`sse: stop must be 'end' or 'wait', got ${describe(stop)}`)
  }
  const iterator = iteratorOf(typeof events === 'string' ? [events] : events, 'sse: events')
  const ending = stop === 'end' ? new EndingIterator(iterator) : undefined
  const body = new BodySource(ending ?? iterator, serialize, {
    keepAlive: readKeepAlive(keepAlive),
    end: ending && (() => ending.end()),
  })
  return lightResponse(body, init, fieldsOf(init))
}

const COMMENT = ': keep-alive\n\n'
const DEFAULT_KEEP_ALIVE: KeepAliveInit = { interval: 5_000, chunk: COMMENT }
const bounds = { keepAlive: /* @__PURE__ */ duration(5_000) }

function readKeepAlive(value: Duration | undefined): KeepAliveInit | undefined {
  if (value === undefined) return DEFAULT_KEEP_ALIVE
  const { keepAlive: interval } = readLimits('sse', { keepAlive: value }, bounds)
  return interval === 0 ? undefined : { interval, chunk: COMMENT }
}

const FIELDS: HeaderPairs = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-cache',
  // Tells nginx not to buffer, because that would delay events.
  'x-accel-buffering',
  'no',
]

function fieldsOf({ headers }: ResponseInit): HeaderPairs {
  if (headers === undefined) return FIELDS
  let pairs: HeaderPairs = withoutNames(initPairs(headers), ['content-type'])
  for (let at = 0; at < FIELDS.length; at += 2) pairs = withDefault(pairs, FIELDS[at]!, FIELDS[at + 1]!)
  return pairs
}

function serialize(value: unknown): string {
  if (typeof value === 'string') return `data: ${lines(value)}\n\n`
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Array.isArray(value)) {
    throw new TypeError(`sse: an event must be a string or an object, got ${describe(value)}`)
  }
  const { event, id, retry, data }: ServerSentEvent = value
  if (event === undefined && id === undefined && retry === undefined && data === undefined) {
    throw new TypeError(`sse: an event must have data, event, id or retry, got ${describe(value)}`)
  }
  let text = ''
  if (event !== undefined) text += `event: ${oneLine('event', event)}\n`
  if (id !== undefined) text += `id: ${oneLine('id', id)}\n`
  if (retry !== undefined) {
    if (!Number.isSafeInteger(retry) || retry < 0) {
      throw new TypeError(`sse: retry must be a whole number of milliseconds, got ${describe(retry)}`)
    }
    text += `retry: ${retry}\n`
  }
  if (data !== undefined) {
    if (typeof data !== 'string') throw new TypeError(`sse: data must be a string, got ${describe(data)}`)
    text += `data: ${lines(data)}\n`
  }
  return `${text}\n`
}

function lines(data: string): string {
  return data.replace(/\r\n|\r|\n/g, '\ndata: ')
}

function oneLine(field: string, value: string): string {
  if (typeof value !== 'string' || /[\r\n\0]/.test(value)) {
    throw new TypeError(`sse: ${field} must be one line of text without NUL, got ${describe(value)}`)
  }
  return value
}
