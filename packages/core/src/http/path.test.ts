import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizePath } from './path.ts'

describe('normalizePath', () => {
  it.each([
    ['/', '/'],
    ['/users', '/users'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/users/%6de', '/users/me'],
    ['/%41%5A%61%7A%30%39%2D%2E%5F%7E', '/AZaz09-._~'],
    ['/a%2fb', '/a%2Fb'],
    ['/a%20b%3a%40%25', '/a%20b%3A%40%25'],
    ['/100%', '/100%'],
    ['/%zz%61', '/%zz%61'],
    ['/%%36%31', '/%%36%31'],
    ['/%2561', '/%2561'],
    ['/x^', '/x%5E'],
  ])('turns %s into %s', (path, normalized) => {
    expect(normalizePath(path)).toBe(normalized)
  })

  it('changes neither what a path decodes to nor a normalized path', () => {
    const part = fc.oneof(
      fc.constantFrom('%', '%2', '%2f', '%41', '%c3%a9', '%7e', 'a', '/', '%25'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = `/${parts.map((part) => encodeURI(part).replaceAll('%25', '%')).join('')}`
        const normalized = normalizePath(path)
        expect(normalizePath(normalized)).toBe(normalized)
        expect(decoded(normalized)).toBe(decoded(path))
      }),
    )
  })
})

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
