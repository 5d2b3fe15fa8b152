import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tricky } from '../../test/tricky.ts'
import { HttpError } from '../response/http-error.ts'
import { parseTarget } from './request-target.ts'

describe('parseTarget', () => {
  it('sees in every path what the URL Standard sees, or refuses it', () => {
    fc.assert(
      fc.property(tricky, fc.boolean(), (text, absolute) => {
        const target = absolute ? `http://example.com/${text}` : `/${text}`
        let seen: ReturnType<typeof parseTarget>
        try {
          seen = parseTarget('GET', target)
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError)
          expect(target).toMatch(/[^!-~]|[#\\]/)
          return
        }
        const url = new URL(`http://example.com/${text}`)
        expect([seen.path, seen.query]).toEqual([url.pathname, url.search.slice(1)])
        // What was seen is what is seen again: nothing is decoded twice.
        expect(parseTarget('GET', seen.path + (seen.query && `?${seen.query}`))).toMatchObject({
          path: seen.path,
          query: seen.query,
        })
      }),
      { numRuns: 5000 },
    )
  })

  it('takes any target without failing otherwise', () => {
    fc.assert(
      fc.property(tricky, fc.constantFrom('GET', 'OPTIONS'), (target, method) => {
        try {
          expect(parseTarget(method, target).path).toMatch(/^(?:\/.*)?$/)
        } catch (error) {
          expect(error).toMatchObject({ status: 400 })
        }
      }),
      { numRuns: 5000 },
    )
  })

  it('takes time in proportion to the length', () => {
    for (const target of [
      `/${'a/'.repeat(50_000)} `,
      `/${'%'.repeat(100_000)} `,
      `/${'.'.repeat(100_000)}\\`,
    ]) {
      expect(() => parseTarget('GET', target)).toThrow(HttpError)
    }
  })
})
