import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digest as byNode } from './digest-node.ts'
import { digest as byWebCrypto } from './digest-web.ts'

describe('the digest', () => {
  it('is the same on every runtime, for text and for bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const expected = byNode(text)
        expect(await byWebCrypto(text)).toBe(expected)
        expect(await byWebCrypto(new TextEncoder().encode(text))).toBe(expected)
        expect(byNode(new TextEncoder().encode(text))).toBe(expected)
      }),
    )
  })

  it('is SHA-256 in base64url', () => {
    expect(byNode('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  })
})
