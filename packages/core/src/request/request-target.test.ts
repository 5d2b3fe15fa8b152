import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tricky } from '../../test/tricky.ts'
import { normalizePath } from '../http/path.ts'
import { HttpError } from '../response/http-error.ts'
import { parseTarget } from './request-target.ts'

describe('parseTarget', () => {
  it('parses every target as the URL Standard does, with a normalized path, or rejects it', () => {
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
        expect([seen.path, seen.query]).toEqual([normalizePath(url.pathname), url.search.slice(1)])
        // Nothing is decoded twice.
        expect(parseTarget('GET', seen.path + (seen.query && `?${seen.query}`))).toMatchObject({
          path: seen.path,
          query: seen.query,
        })
      }),
      { numRuns: 5000 },
    )
  })

  it.each([
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/users/%6de', '/users/me'],
    ['/a%2fb', '/a%2Fb'],
    ['/%61/%2e%2E/b', '/b'],
    ['/a/%2e/%7euser', '/a/~user'],
    ['http://a.example/%61', '/a'],
  ])('normalizes the path of %s to %s', (target, path) => {
    expect(parseTarget('GET', target).path).toBe(path)
  })

  it('does not change the query', () => {
    expect(parseTarget('GET', '/?a=%c3%a9&b=%61').query).toBe('a=%c3%a9&b=%61')
  })

  it('throws nothing but 400 for any target', () => {
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
