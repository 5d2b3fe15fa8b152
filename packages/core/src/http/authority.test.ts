import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tricky } from '../../test/tricky.ts'
import { normalizeAuthority } from './authority.ts'

describe('normalizeAuthority', () => {
  it('returns the host of the URL, or undefined', () => {
    fc.assert(
      fc.property(tricky, fc.constantFrom('http' as const, 'https' as const), (text, scheme) => {
        const host = normalizeAuthority(scheme, text)
        if (host === undefined) return
        const url = new URL(`${scheme}://${text}`)
        expect([url.host, url.pathname, url.username]).toEqual([host, '/', ''])
        expect(normalizeAuthority(scheme, host)).toBe(host)
      }),
      { numRuns: 5000 },
    )
  })

  it('accepts every host with a port', () => {
    fc.assert(
      fc.property(fc.domain(), fc.integer({ min: 1, max: 65_535 }), (domain, port) => {
        const expected = port === 80 ? domain : `${domain}:${port}`
        expect(normalizeAuthority('http', `${domain.toUpperCase()}:${port}`)).toBe(expected.toLowerCase())
      }),
    )
  })
})
