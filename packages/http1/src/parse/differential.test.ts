import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare } from '../../test/differential.ts'
import { hostileBytes } from '../../test/hostile-bytes.ts'
import { seenByParser } from '../../test/seen.ts'
import { stricter } from '../../test/stricter.ts'

const BOUND = { interruptAfterTimeLimit: 3_000, markInterruptAsFailure: false }

describe('ambiguous bytes', () => {
  it('are read like node:http or rejected', async () => {
    const reasons = new Set<string | undefined>()
    const property = fc.asyncProperty(hostileBytes, async (pieces) => {
      reasons.add(await compare(pieces))
    })
    await fc.assert(property, { numRuns: 3_000, ...BOUND })
    expect([...stricter, undefined]).toEqual(expect.arrayContaining([...reasons]))
    // Both must have accepted something, or nothing was compared.
    expect(reasons).toContain(undefined)
  })

  it('are read the same in any pieces', () => {
    const property = fc.property(hostileBytes, (pieces) => {
      const [whole, split] = [seenByParser([Buffer.concat(pieces)]), seenByParser(pieces)]
      const [last, lastOfSplit] = [whole.requests.at(-1), split.requests.at(-1)]
      if (whole.refusal !== undefined && last?.isWhole === false && lastOfSplit?.isWhole === false) {
        // Of a body that is rejected, the bytes of earlier pieces have been given already.
        expect(lastOfSplit.body.startsWith(last.body)).toBe(true)
        lastOfSplit.body = last.body
      }
      expect(split).toEqual(whole)
    })
    fc.assert(property, { numRuns: 2_000, ...BOUND })
  })
})
