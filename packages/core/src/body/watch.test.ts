import { describe, expect, it } from 'vitest'
import { type Chunks, stream } from '../response/stream.ts'
import { watch } from './watch.ts'

const toByteStream = (chunks: Chunks) => stream(chunks).body!

/** A watcher that records its calls. */
function witness() {
  const seen: unknown[] = []
  return {
    seen,
    chunk: (bytes: number) => void seen.push(bytes),
    end: () => void seen.push('end'),
    cut: (error: unknown) => void seen.push(['cut', error]),
  }
}

describe('watch', () => {
  it('passes on every chunk, and reports each chunk and the end', async () => {
    const { seen, ...watcher } = witness()
    expect(await new Response(watch(toByteStream(['a', 'b']), watcher)).text()).toBe('ab')
    expect(seen).toEqual([1, 1, 'end'])
  })

  it('reads one chunk at a time, and only when its reader does', async () => {
    let asked = 0
    function* source() {
      for (;;) yield String(++asked)
    }
    const reader = watch(toByteStream(source()), witness()).getReader()
    await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(0)
    await reader.read()
    await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(1)
  })

  it('reports an error of the source and passes it on', async () => {
    const { seen, ...watcher } = witness()
    const broken = new Error('broken')
    async function* source() {
      yield 'a'
      throw broken
    }
    await expect(new Response(watch(toByteStream(source()), watcher)).text()).rejects.toBe(broken)
    expect(seen).toEqual([1, ['cut', broken]])
  })

  it('reports a cancellation and passes it on with its reason', async () => {
    const { seen, ...watcher } = witness()
    let reason: unknown
    const source = new ReadableStream<Uint8Array>({
      cancel(given) {
        reason = given
      },
    })
    await watch(source, watcher).cancel('gone')
    expect(reason).toBe('gone')
    expect(seen).toEqual([['cut', 'gone']])
  })

  it('reports a cancellation during a read once, and does not report an end', async () => {
    const { seen, ...watcher } = witness()
    const reader = watch(new ReadableStream<Uint8Array>(), watcher).getReader()
    const waiting = reader.read()
    await new Promise((resolve) => setImmediate(resolve))
    await reader.cancel('gone')
    expect(await waiting).toEqual({ done: true, value: undefined })
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual([['cut', 'gone']])
  })

  it.each(['chunk', 'end'] as const)(
    'fails the stream with the error that %s throws, and cancels the source',
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
      const { seen, ...watcher } = witness()
      const refuse = () => {
        throw refused
      }
      await expect(new Response(watch(source, { ...watcher, [part]: refuse })).text()).rejects.toBe(refused)
      expect(seen.at(-1)).toEqual(['cut', refused])
      expect(cancelled).toBe(part === 'chunk' ? refused : undefined)
    },
  )

  it('is cut off once when the signal aborts, and cancels the source', async () => {
    const { seen, ...watcher } = witness()
    const controller = new AbortController()
    let cancelled: unknown
    const source = new ReadableStream<Uint8Array>({
      cancel(reason) {
        cancelled = reason
      },
    })
    const reading = watch(source, watcher, controller.signal).getReader().read()
    controller.abort('left')
    await expect(reading).rejects.toBe('left')
    expect(seen).toEqual([['cut', 'left']])
    expect(cancelled).toBe('left')
  })

  it.each<[string, Iterable<string>, unknown[]]>([
    ['ended', ['a'], [1, 'end']],
    ['failed', [7 as unknown as string], [['cut', expect.any(TypeError)]]],
  ])('ignores the signal once it has %s', async (_, chunks, told) => {
    const { seen, ...watcher } = witness()
    const controller = new AbortController()
    const reading = new Response(watch(toByteStream(chunks), watcher, controller.signal)).text()
    await reading.catch(() => {})
    controller.abort('left')
    expect(seen).toEqual(told)
  })

  it('passes an error on even if the source never finishes cancelling', async () => {
    const refused = new Error('refused')
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array([1])),
      cancel: () => new Promise(() => {}),
    })
    const watcher = {
      chunk: () => {
        throw refused
      },
      end: () => {},
    }
    await expect(watch(source, watcher).getReader().read()).rejects.toBe(refused)
  })
})
