import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePathBytes, encodePathBytes, trimTrailingSlashes } from '../gateway.ts'

describe('paths as bytes', () => {
  it('are decoded to one character per byte', () => {
    expect(decodePathBytes('/%C3%A9/%2F%00%zz%')).toBe('/\u00c3\u00a9//\0%zz%')
  })

  it('survive encoding and decoding', () => {
    const bytes = fc.uint8Array().map((bytes) => String.fromCharCode(...bytes))
    fc.assert(
      fc.property(bytes, (path) => {
        expect(encodePathBytes(path)).toMatch(/^[!-~]*$/)
        expect(decodePathBytes(encodePathBytes(path))).toBe(path)
      }),
    )
  })

  it('lose all slashes at their end, and no others', () => {
    expect(['', '/', '//a//', '/a/b'].map(trimTrailingSlashes)).toEqual(['', '', '//a', '/a/b'])
    const slashes = '/'.repeat(200_000)
    expect(trimTrailingSlashes(`${slashes}a`)).toBe(`${slashes}a`)
  })
})
