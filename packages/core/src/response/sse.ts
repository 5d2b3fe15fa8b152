import { lightResponse } from '#response'
import { ChunkSource } from '../body/chunk-source.ts'
import { type Feed, type Source, sourceOf } from '../body/feed.ts'
import { type HeaderPairs, withDefault, withoutNames } from '../http/header-pairs.ts'
import { initPairs } from '../http/light-headers.ts'
import { describe } from '../options/describe.ts'

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
  const source = sourceOf(typeof events === 'string' ? [events] : events, 'sse: events')
  return lightResponse(new ChunkSource(new EventFeed(source, keepAlive)), init, fieldsOf(init))
}

const FIELDS: HeaderPairs = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-cache',
  // nginx buffers what it proxies unless told not to, which would hold events back.
  'x-accel-buffering',
  'no',
]

function fieldsOf({ headers }: ResponseInit): HeaderPairs {
  if (headers === undefined) return FIELDS
  let pairs: HeaderPairs = withoutNames(initPairs(headers), ['content-type'])
  for (let at = 0; at < FIELDS.length; at += 2) pairs = withDefault(pairs, FIELDS[at]!, FIELDS[at + 1]!)
  return pairs
}

/** Stands among the events for a comment. */
const SILENCE: ServerSentEvent = {}

class EventFeed implements Feed<ServerSentEvent | string> {
  readonly source: Source<ServerSentEvent | string>
  readonly silence: Feed<ServerSentEvent>['silence']

  constructor(source: Source<ServerSentEvent | string>, keepAlive: number) {
    this.source = source
    this.silence = keepAlive > 0 ? { after: keepAlive, value: SILENCE } : undefined
  }

  toChunk(event: ServerSentEvent | string): string {
    if (event === SILENCE) return ': keep-alive\n\n'
    return serialize(typeof event === 'string' ? { data: event } : checked(event))
  }
}

function checked(event: unknown): ServerSentEvent {
  if (typeof event !== 'object' || event === null || ArrayBuffer.isView(event) || Array.isArray(event)) {
    throw new TypeError(`sse: an event must be a string or an object, got ${describe(event)}`)
  }
  const { event: type, id, retry, data }: ServerSentEvent = event
  if (type === undefined && id === undefined && retry === undefined && data === undefined) {
    throw new TypeError('sse: an event must have data, event, id or retry')
  }
  if (data !== undefined && typeof data !== 'string') {
    throw new TypeError(`sse: data must be a string, got ${describe(data)}`)
  }
  return event
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
  if (data !== undefined) text += `data: ${data.replace(/\r\n|\r|\n/g, '\ndata: ')}\n`
  return `${text}\n`
}

function oneLine(field: string, value: string): string {
  if (typeof value !== 'string' || /[\r\n\0]/.test(value))
    throw new TypeError(`sse: ${field} must be one line without NUL`)
  return value
}
