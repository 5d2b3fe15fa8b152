import { stream } from '@tsgi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { b, latin1Bytes } from '../contract/bytes.ts'
import { InputStream } from './input-stream.ts'

function inputOf(...chunks: Uint8Array[]): InputStream {
  return new InputStream(() => stream(chunks).body)
}

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes)

describe('wsgi.input', () => {
  it('reads sizes across chunks, and no bytes at the end', async () => {
    const input = inputOf(b`ab`, b``, b`cde`, b`f`)
    expect(await input.read(3)).toEqual(b`abc`)
    expect(await input.read(0)).toEqual(b``)
    expect(await input.read(2)).toEqual(b`de`)
    expect(await input.read(9)).toEqual(b`f`)
    expect(await input.read(9)).toEqual(b``)
    expect(await input.read()).toEqual(b``)
  })

  it('reads everything without a size or with a negative one', async () => {
    expect(await inputOf(b`ab`, b`c`).read()).toEqual(b`abc`)
    expect(await inputOf(b`ab`, b`c`).read(-1)).toEqual(b`abc`)
  })

  it('reads lines across chunks, with their line feeds', async () => {
    const input = inputOf(b`a`, b`b\nc`, b`\n\nd`)
    expect(await input.readline()).toEqual(b`ab\n`)
    expect(await input.readline(1)).toEqual(b`c`)
    expect(await input.readline(9)).toEqual(b`\n`)
    expect(await input.readline()).toEqual(b`\n`)
    expect(await input.readline()).toEqual(b`d`)
    expect(await input.readline()).toEqual(b``)
  })

  it('reads the remaining lines, up to a hint', async () => {
    expect((await inputOf(b`a\nb\n`, b`c`).readlines()).map(text)).toEqual(['a\n', 'b\n', 'c'])
    const input = inputOf(b`a\nb\n`, b`c`)
    expect((await input.readlines(3)).map(text)).toEqual(['a\n', 'b\n'])
    expect((await input.readlines(0)).map(text)).toEqual(['c'])
  })

  it('iterates over lines', async () => {
    const lines: string[] = []
    for await (const line of inputOf(b`a\nb`, b`\n`)) lines.push(text(line))
    expect(lines).toEqual(['a\n', 'b\n'])
  })

  it('is empty if there is no body', async () => {
    const input = new InputStream(() => null)
    expect(await input.read(1)).toEqual(b``)
    expect(await input.readlines()).toEqual([])
  })

  it('handles overlapping calls in order', async () => {
    const input = inputOf(b`ab`, b`c\nd`)
    const parts = await Promise.all([input.read(1), input.readline(), input.read()])
    expect(parts.map(text)).toEqual(['a', 'bc\n', 'd'])
  })

  it('opens the body once, on the first read', async () => {
    let opened = 0
    const input = new InputStream(() => {
      opened++
      return null
    })
    expect(opened).toBe(0)
    await input.read(1)
    await input.read(1)
    expect(opened).toBe(1)
  })

  it('fails if the body fails, and rejects invalid sizes', async () => {
    const input = new InputStream(
      () =>
        new ReadableStream({
          pull() {
            throw new Error('cut off')
          },
        }),
    )
    await expect(input.read(1)).rejects.toThrow('cut off')
    await expect(input.readline()).rejects.toThrow('cut off')
    expect(() => input.read(1.5)).toThrow(
      new TypeError('wsgi.input.read: size must be a whole number of bytes, got 1.5'),
    )
  })

  it('returns the same bytes however they arrive and are read', async () => {
    const bytes = fc.string({ unit: fc.constantFrom('a', '\n', '\xff') })
    const step = fc.record({
      method: fc.constantFrom('read', 'readline'),
      size: fc.integer({ min: -1, max: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(bytes), fc.array(step), async (chunks, steps) => {
        const whole = chunks.join('')
        const input = inputOf(...chunks.map(latin1Bytes))
        let at = 0
        for (const { method, size } of steps) {
          const room = size < 0 ? whole.length : size
          const line = whole.indexOf('\n', at) + 1 || whole.length
          const end = method === 'read' ? at + room : Math.min(line, at + room)
          const got = method === 'read' ? await input.read(size) : await input.readline(size)
          expect(text(got)).toBe(whole.slice(at, end))
          at += got.byteLength
        }
        expect(text(await input.read())).toBe(whole.slice(at))
      }),
    )
  })
})
