import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Environ, extend, withPath } from '../index.ts'
import { testEnviron } from '../testing.ts'

describe('extend', () => {
  it('adds keys to the environ itself and returns it with the wider type', () => {
    const environ = testEnviron('/')
    const wider = extend(environ, { user: 'Ada' })
    expect(wider).toBe(environ)
    expect(wider.user).toBe('Ada')
    expectTypeOf(wider).toEqualTypeOf<Environ & { user: string }>()
  })

  it('replaces what a middleware outside added', () => {
    expect(extend(extend(testEnviron('/'), { user: 'Ada' }), { user: 'Grace' })).toHaveProperty(
      'user',
      'Grace',
    )
  })

  it('refuses the contract’s own keys', () => {
    // @ts-expect-error 'headers' is the contract's own
    expect(() => extend(testEnviron('/'), { headers: new Headers() })).toThrow(TypeError)
    // @ts-expect-error 'request' is the contract's own, beside one that is not
    expect(() => extend(testEnviron('/'), { user: 1, request: new Request('http://a/') })).toThrow(TypeError)
  })
})

describe('withPath', () => {
  it('divides the path in a copy and leaves the environ as it was', () => {
    const outer = extend(testEnviron('/api/users?page=2'), { user: 'Ada' })
    const inner = withPath(outer, { scriptName: '/api', pathInfo: '/users' })
    expect([inner.scriptName, inner.pathInfo, inner.queryString, inner.user]).toEqual([
      '/api',
      '/users',
      'page=2',
      'Ada',
    ])
    expect([outer.scriptName, outer.pathInfo]).toEqual(['', '/api/users'])
    expectTypeOf(inner).toEqualTypeOf<Environ & { user: string }>()
  })

  it('keeps what is added inside from the environ outside', () => {
    const outer = testEnviron('/')
    extend(withPath(outer, { scriptName: '', pathInfo: '/' }), { user: 'Ada' })
    expect('user' in outer).toBe(false)
  })

  it('has the contract’s members, and those added under a symbol', () => {
    const key = Symbol('key')
    const inner = withPath(extend(testEnviron('/'), { [key]: 1 }), { scriptName: '/a', pathInfo: '' })
    expect(inner[key]).toBe(1)
    expect(inner.headers).toBeInstanceOf(Headers)
    expect(inner.request.url).toBe('http://localhost/')
  })
})
