import { describe, expect, it } from 'vitest'
import { type Chunks, stream } from '../response/stream.ts'
import { observe } from './observe.ts'

const toByteStream = (chunks: Chunks) => stream(chunks).body!

/** An observer that keeps what it is told. */
function witness() {
  const seen: unknown[] = []
  return {
    seen,
    chunk: (chunk: Uint8Array) => void seen.push(new TextDecoder().decode(chunk)),
    end: () => void seen.push('end'),
    cut: (error: unknown) => void seen.push(['cut', error]),
  }
}

describe('observe', () => {
  it('passes every chunk and tells of each, and of the end', async () => {
    const { seen, ...observer } = witness()
    expect(await new Response(observe(toByteStream(['a', 'b']), observer)).text()).toBe('ab')
    expect(seen).toEqual(['a', 'b', 'end'])
  })

  it('asks its source for nothing before its reader does, and then for one chunk at a time', async () => {
    let asked = 0
    function* source() {
      for (;;) yield String(++asked)
    }
    const reader = observe(toByteStream(source()), witness()).getReader()
    await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(0)
    await reader.read()
    await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(1)
  })

  it('tells of an error of the source, and passes it on', async () => {
    const { seen, ...observer } = witness()
    const broken = new Error('broken')
    async function* source() {
      yield 'a'
      throw broken
    }
    await expect(new Response(observe(toByteStream(source()), observer)).text()).rejects.toBe(broken)
    expect(seen).toEqual(['a', ['cut', broken]])
  })

  it('tells of a cancellation, and passes it on with its reason', async () => {
    const { seen, ...observer } = witness()
    let reason: unknown
    const source = new ReadableStream<Uint8Array>({
      cancel(given) {
        reason = given
      },
    })
    await observe(source, observer).cancel('gone')
    expect(reason).toBe('gone')
    expect(seen).toEqual([['cut', 'gone']])
  })

  it('tells of a cancellation once, and of no end, while a read is waiting', async () => {
    const { seen, ...observer } = witness()
    const reader = observe(new ReadableStream<Uint8Array>(), observer).getReader()
    const waiting = reader.read()
    await new Promise((resolve) => setImmediate(resolve))
    await reader.cancel('gone')
    expect(await waiting).toEqual({ done: true, value: undefined })
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual([['cut', 'gone']])
  })

  it.each(['chunk', 'end'] as const)(
    'errors the stream with what %s throws, and lets the source go',
    async (part) => {
      const refused = new Error('refused')
      let cancelled: unknown
      const source = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(new Uint8Array([1]))
          if (part === 'end') controller.close()
        },
        cancel(reason) {
          cancelled = reason
        },
      })
      const { seen, ...observer } = witness()
      const refuse = () => {
        throw refused
      }
      await expect(new Response(observe(source, { ...observer, [part]: refuse })).text()).rejects.toBe(
        refused,
      )
      expect(seen.at(-1)).toEqual(['cut', refused])
      expect(cancelled).toBe(part === 'chunk' ? refused : undefined)
    },
  )

  it('is cut off by a signal, once, and lets the source go', async () => {
    const { seen, ...observer } = witness()
    const controller = new AbortController()
    let cancelled: unknown
    const source = new ReadableStream<Uint8Array>({
      cancel(reason) {
        cancelled = reason
      },
    })
    const reading = observe(source, observer, controller.signal).getReader().read()
    controller.abort('left')
    await expect(reading).rejects.toBe('left')
    expect(seen).toEqual([['cut', 'left']])
    expect(cancelled).toBe('left')
  })

  it.each<[string, Iterable<string>, unknown[]]>([
    ['ended', ['a'], ['a', 'end']],
    ['failed', [7 as unknown as string], [['cut', expect.any(TypeError)]]],
  ])('hears no signal once it has %s', async (_, chunks, told) => {
    const { seen, ...observer } = witness()
    const controller = new AbortController()
    const reading = new Response(observe(toByteStream(chunks), observer, controller.signal)).text()
    await reading.catch(() => {})
    controller.abort('left')
    expect(seen).toEqual(told)
  })

  it('passes an error on although the source never lets go', async () => {
    const refused = new Error('refused')
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array([1])),
      cancel: () => new Promise(() => {}),
    })
    const observer = {
      chunk: () => {
        throw refused
      },
      end: () => {},
    }
    await expect(observe(source, observer).getReader().read()).rejects.toBe(refused)
  })
})
