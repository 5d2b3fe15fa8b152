import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { array, assert, asyncProperty, constantFrom, oneof, string, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { args, textBody } from '../index.ts'

describe('a text body', () => {
  it('is decoded like a strict UTF-8 decoder would, or rejected with 400', async () => {
    const web = client(args({ body: textBody() })(({ args }) => text(args.body)))
    const encoder = new TextEncoder()
    const piece = oneof(
      string({ unit: 'binary' }).map((text) => encoder.encode(text)),
      constantFrom('\ufffd', '\ufeff', 'é').map((text) => encoder.encode(text)),
      uint8Array({ maxLength: 4 }),
    )
    await assert(
      asyncProperty(array(piece, { maxLength: 4 }), async (pieces) => {
        const body = new Uint8Array(pieces.flatMap((piece) => [...piece]))
        let expected: string | undefined
        try {
          expected = new TextDecoder('utf-8', { fatal: true }).decode(body)
        } catch {}
        const response = await web.post('/', { body, headers: { 'content-type': 'text/plain' } })
        expect(response.status).toBe(expected === undefined ? 400 : 200)
        if (expected !== undefined) expect(await response.bytes()).toEqual(encoder.encode(expected))
      }),
      { numRuns: 500 },
    )
  })
})
