import { HttpError } from '@tsgi/core'
import { array, assert, constantFrom, oneof, property, string, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from './utf8.ts'

describe('bytes as text', () => {
  it('are what a strict decoder makes of them, or a 400', () => {
    const encoder = new TextEncoder()
    const piece = oneof(
      string({ unit: 'binary' }).map((text) => encoder.encode(text)),
      constantFrom('\ufffd', '\ufeff', 'é').map((text) => encoder.encode(text)),
      uint8Array({ maxLength: 4 }),
    )
    assert(
      property(array(piece, { maxLength: 4 }), (pieces) => {
        const bytes = new Uint8Array(pieces.flatMap((piece) => [...piece]))
        let expected: string | undefined
        try {
          expected = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
        } catch {}
        if (expected === undefined) {
          expect(() => decodeUtf8(bytes)).toThrow(new HttpError(400, 'The request body is not valid UTF-8.'))
        } else expect(decodeUtf8(bytes)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })
})
