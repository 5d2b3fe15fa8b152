import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ServerSentEvent, sse } from '../index.ts'

/** Parses a stream as an `EventSource` does (HTML Living Standard §9.2.6). */
function parse(stream: string) {
  const events: { type: string; data: string; id: string }[] = []
  let [data, type, id, retry] = ['', '', '', undefined as number | undefined]
  for (const line of stream.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data !== '') events.push({ type: type || 'message', data: data.replace(/\n$/, ''), id })
      data = ''
      type = ''
      continue
    }
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') type = value
    else if (field === 'data') data += `${value}\n`
    else if (field === 'id' && !value.includes('\0')) id = value
    else if (field === 'retry' && /^\d+$/.test(value)) retry = Number(value)
  }
  return { events, retry }
}

const tick = () => new Promise((resolve) => setImmediate(resolve))
const sent = (...events: (ServerSentEvent | string)[]) => sse(events).text()

describe('sse', () => {
  it.each<[string, ServerSentEvent | string, string]>([
    ['text as data', 'Hello', 'data: Hello\n\n'],
    ['every field', { data: 'd', event: 'e', id: 'i', retry: 5 }, 'event: e\nid: i\nretry: 5\ndata: d\n\n'],
    ['each line as a field', 'a\nb\r\nc\rd', 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
    ['empty lines', '\n', 'data: \ndata: \n\n'],
    ['empty data', { data: '' }, 'data: \n\n'],
    ['leading space and colons', ' a: b', 'data:  a: b\n\n'],
    ['data that looks like a field', 'x\nid: 7', 'data: x\ndata: id: 7\n\n'],
    ['an empty id, which resets it', { id: '' }, 'id: \n\n'],
    ['a retry of 0', { retry: 0 }, 'retry: 0\n\n'],
    ['text outside ASCII', '世界', 'data: 世界\n\n'],
  ])('sends %s', async (_, event, expected) => {
    expect(await sent(event)).toBe(expected)
  })

  it('sends every event, including the last one', async () => {
    async function* events() {
      yield 'first'
      await tick()
      yield 'last'
    }
    expect(await sse(events()).text()).toBe('data: first\n\ndata: last\n\n')
    expect(await sse([]).text()).toBe('')
    expect(await sse('one').text()).toBe('data: one\n\n')
  })

  it('sets the content type and disables caching and buffering', () => {
    const { headers, status } = sse([])
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
  })

  it('keeps the headers of the init, except its content type', () => {
    const headers = {
      'content-type': 'text/x',
      'cache-control': 'no-store',
      'x-accel-buffering': 'yes',
      'x-a': '1',
    }
    expect(Object.fromEntries(sse([], { headers }).headers)).toEqual({
      ...headers,
      'content-type': 'text/event-stream',
    })
  })

  it('is parsed to the same events by the rules of the standard', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\0]/g, ''))
    const data = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .array(fc.constantFrom('a', ' ', ':', '\n', '\r', '\r\n', 'data: ', 'id: 1', '\uFEFF'))
        .map((p) => p.join('')),
    )
    const event = fc.record({ data, event: line, id: line, retry: fc.nat() })
    await fc.assert(
      fc.asyncProperty(fc.array(event), async (events) => {
        const seen = parse(await sent(...events))
        expect(seen.events).toEqual(
          events.map(({ data, event, id }) => ({
            type: event || 'message',
            data: data.replace(/\r\n?/g, '\n'),
            id,
          })),
        )
        expect(seen.retry).toBe(events.at(-1)?.retry)
      }),
      { numRuns: 300 },
    )
  })
})

describe('an event that cannot be sent', () => {
  it.each<['event' | 'id', ServerSentEvent]>([
    ['event', { event: 'a\nid: 7' }],
    ['event', { event: 'a\r' }],
    ['event', { event: 'a\0' }],
    ['id', { id: '1\ndata: forged' }],
    ['id', { id: '\r\n' }],
    ['id', { id: 'a\0b' }],
  ])('errors the stream if %s is not one line: %j', async (field, event) => {
    const text = JSON.stringify(event[field])
    await expect(sent(event)).rejects.toThrow(
      new TypeError(`sse: ${field} must be one line of text without NUL, got ${text}`),
    )
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5' as unknown as number])(
    'errors the stream if retry is %s',
    async (retry) => {
      await expect(sent({ retry })).rejects.toThrow(/retry must be a whole number of milliseconds/)
    },
  )

  it.each<[unknown, string]>([
    [7, 'sse: an event must be a string or an object, got 7'],
    [null, 'sse: an event must be a string or an object, got null'],
    [
      new Uint8Array([104, 105]),
      'sse: an event must be a string or an object, got an instance of Uint8Array',
    ],
    [['hi'], 'sse: an event must be a string or an object, got an array'],
    [{ message: 'hi' }, 'sse: an event must have data, event, id or retry, got an instance of Object'],
    [{ data: { price: 12 } }, 'sse: data must be a string, got an instance of Object'],
    [{ data: 7 }, 'sse: data must be a string, got 7'],
    [{ id: 7 }, 'sse: id must be one line of text without NUL, got 7'],
  ])('errors the stream if an event is %j', async (event, message) => {
    await expect(sent(event as ServerSentEvent)).rejects.toThrow(new TypeError(message))
  })

  it('ends the source', async () => {
    let returned = false
    async function* events() {
      try {
        yield { id: '\n' }
      } finally {
        returned = true
      }
    }
    await expect(sse(events()).text()).rejects.toThrow(TypeError)
    await tick()
    expect(returned).toBe(true)
  })

  it('does not hide an error of the source', async () => {
    async function* events() {
      yield 'a'
      throw new Error('broken')
    }
    await expect(sse(events()).text()).rejects.toThrow('broken')
    function* plain(): Generator<string> {
      yield 'a'
      throw new Error('broken')
    }
    await expect(sse(plain()).text()).rejects.toThrow('broken')
  })
})

describe('the options of sse', () => {
  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '5 seconds' as never])(
    'reject a keepAlive of %s',
    (keepAlive) => {
      expect(() => sse([], { keepAlive })).toThrow(
        /^sse: keepAlive must be a duration from 0 to 2147483647 ms, .* got /,
      )
    },
  )

  it('reject events that are not iterable', () => {
    expect(() => sse({} as never)).toThrow(/^sse: events must be iterable, got /)
  })
})

describe('while the source is silent', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A source that yields events on demand. */
  function source() {
    let give: (result: IteratorResult<string>) => void = () => {}
    const state = { asked: 0, returned: false }
    const iterator = {
      next() {
        state.asked++
        return new Promise<IteratorResult<string>>((resolve) => {
          give = resolve
        })
      },
      async return() {
        state.returned = true
        return { done: true as const, value: undefined }
      },
    }
    return {
      state,
      events: { [Symbol.asyncIterator]: () => iterator },
      give: (value: string) => give({ done: false, value }),
    }
  }
  const read = async (reader: ReadableStreamDefaultReader<Uint8Array>) =>
    new TextDecoder().decode((await reader.read()).value)

  it('sends a comment after each silence, loses no events, and calls the source once', async () => {
    vi.useFakeTimers()
    const { events, give, state } = source()
    const reader = sse(events, { keepAlive: 1000 }).body!.getReader()
    for (let n = 0; n < 3; n++) {
      const reading = read(reader)
      await vi.advanceTimersByTimeAsync(1000)
      expect(await reading).toBe(': keep-alive\n\n')
    }
    const reading = read(reader)
    await vi.advanceTimersByTimeAsync(999)
    give('event')
    expect(await reading).toBe('data: event\n\n')
    expect(state.asked).toBe(1)
    await reader.cancel()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('queues at most one comment for a reader that does not read', async () => {
    vi.useFakeTimers()
    const { events, give } = source()
    const reader = sse(events, { keepAlive: '1s' }).body!.getReader()
    const reading = read(reader)
    await vi.advanceTimersByTimeAsync(5_000)
    give('event')
    expect(await reading).toBe(': keep-alive\n\n')
    expect(await read(reader)).toBe(': keep-alive\n\n')
    expect(await read(reader)).toBe('data: event\n\n')
    await reader.cancel()
  })

  it('sends a comment every 5 seconds by default, and none if keepAlive is 0', async () => {
    vi.useFakeTimers()
    const reader = sse(source().events).body!.getReader()
    const reading = read(reader)
    await vi.advanceTimersByTimeAsync(4_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await reading).toBe(': keep-alive\n\n')
    await reader.cancel()

    const never = sse(source().events, { keepAlive: 0 }).body!.getReader()
    const waiting = read(never)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(vi.getTimerCount()).toBe(0)
    await never.cancel()
    expect(await waiting).toBe('')
  })

  it('sends comments that clients ignore', () => {
    expect(parse(': keep-alive\n\n: keep-alive\n\ndata: a\n\n').events).toEqual([
      { type: 'message', data: 'a', id: '' },
    ])
  })

  it('handles a cancellation immediately, and leaves no timer', async () => {
    vi.useFakeTimers()
    const { events, state } = source()
    const reader = sse(events, { keepAlive: 1000 }).body!.getReader()
    const reading = read(reader)
    await vi.advanceTimersByTimeAsync(0)
    expect(state).toEqual({ asked: 1, returned: false })
    await reader.cancel()
    expect(await reading).toBe('')
    expect(state.returned).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
