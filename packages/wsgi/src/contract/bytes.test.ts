import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { b, decodePath, encodePath } from './bytes.ts'

describe('b', () => {
  it('is one byte a character', () => {
    expect(b`a\x00\xff`).toEqual(Uint8Array.of(97, 0, 255))
    expect(b``).toEqual(new Uint8Array())
  })

  it('refuses characters that are no bytes, and values', () => {
    expect(() => b`✓`).toThrow(new TypeError('b: a character of a bytes literal must be at most U+00FF'))
    expect(() => b`a${'b' as never}`).toThrow(new TypeError('b: a bytes literal holds no values'))
  })
})

describe('paths', () => {
  it('decode to one character a byte', () => {
    expect(decodePath('/%C3%A9/%2F%00%zz%')).toBe('/\u00c3\u00a9//\0%zz%')
  })

  it('come back as they were, whatever their bytes', () => {
    const bytes = fc.uint8Array().map((bytes) => String.fromCharCode(...bytes))
    fc.assert(
      fc.property(bytes, (path) => {
        expect(encodePath(path)).toMatch(/^[!-~]*$/)
        expect(decodePath(encodePath(path))).toBe(path)
      }),
    )
  })
})
