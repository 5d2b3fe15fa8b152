import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { b, decodePath, encodePath } from './bytes.ts'

describe('b', () => {
  it('has one byte per character', () => {
    expect(b`a\x00\xff`).toEqual(Uint8Array.of(97, 0, 255))
    expect(b``).toEqual(new Uint8Array())
  })

  it('rejects characters above U+00FF and placeholders', () => {
    expect(() => b`✓`).toThrow(new TypeError('b: a bytes literal cannot have characters above U+00FF'))
    expect(() => b`a${'b' as never}`).toThrow(new TypeError('b: a bytes literal cannot have placeholders'))
  })
})

describe('paths', () => {
  it('are decoded to one character per byte', () => {
    expect(decodePath('/%C3%A9/%2F%00%zz%')).toBe('/\u00c3\u00a9//\0%zz%')
  })

  it('survive encoding and decoding', () => {
    const bytes = fc.uint8Array().map((bytes) => String.fromCharCode(...bytes))
    fc.assert(
      fc.property(bytes, (path) => {
        expect(encodePath(path)).toMatch(/^[!-~]*$/)
        expect(decodePath(encodePath(path))).toBe(path)
      }),
    )
  })
})
