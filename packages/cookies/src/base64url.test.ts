import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64urlLength, fromBase64url, toBase64url } from './base64url.ts'

describe('base64url', () => {
  it('agrees with the platform about every sequence of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = toBase64url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(text).toHaveLength(base64urlLength(bytes.length))
        expect(fromBase64url(text)).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  it.each(['a', 'abcde', 'a+/b', 'abc=', 'YQ==', 'ab cd', 'é', 'YR', 'YWJ'])('refuses %j', (text) => {
    expect(fromBase64url(text)).toBeUndefined()
  })

  it('takes a text only where it is the encoding of its bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', 'Q', '_', '-', '9', '='), maxLength: 9 }),
        (text) => {
          const bytes = fromBase64url(text)
          if (bytes !== undefined) expect(toBase64url(bytes)).toBe(text)
        },
      ),
    )
  })
})
