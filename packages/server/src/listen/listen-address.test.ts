import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tricky } from '../../test/tricky.ts'
import { formatListenAddress, parseListenAddress } from './listen-address.ts'

describe('parseListenAddress', () => {
  it('parses the addresses that it formats, and rejects other text with a TypeError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          tricky,
          tricky.map((text) => `http://${text}`),
          tricky.map((text) => `unix:${text}`),
        ),
        (text) => {
          try {
            const address = parseListenAddress(text)
            const port = 'port' in address ? address.port : 0
            if ('port' in address && address.host === undefined) return
            expect(parseListenAddress(formatListenAddress(address, port))).toEqual(address)
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError)
          }
        },
      ),
      { numRuns: 5000 },
    )
  })
})
