import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CookieJar } from '../testing.ts'

const at = (path: string, origin = 'http://localhost') => new URL(path, origin)

/** The `Cookie` field for `path` after the given `Set-Cookie` fields. */
function after(lines: readonly string[], path = '/', origin?: string): string {
  const jar = new CookieJar()
  for (const line of lines) jar.store(line, at('/', origin))
  return jar.header(at(path, origin))
}

afterEach(() => {
  vi.useRealTimers()
})

// The rules for storing and sending are tested in conformance/cookies.
describe('CookieJar', () => {
  it('distinguishes cookies with the same name by domain', () => {
    const jar = new CookieJar()
    jar.store('a=host', at('/', 'https://b.a.example'))
    jar.store('a=domain; Domain=a.example', at('/', 'https://b.a.example'))
    expect(jar.header(at('/', 'https://b.a.example'))).toBe('a=host; a=domain')
    expect(jar.header(at('/', 'https://a.example'))).toBe('a=domain')
  })

  it('does not let an insecure origin overlay a Secure cookie', () => {
    const jar = new CookieJar()
    jar.store('a=secure; Secure; Path=/', at('/', 'https://a.example'))
    jar.store('a=tossed; Path=/login', at('/', 'http://a.example'))
    jar.store('a=tossed; Domain=a.example; Path=/', at('/', 'http://b.a.example'))
    jar.store('b=1; Path=/', at('/', 'http://a.example'))
    expect(jar.header(at('/login', 'https://a.example'))).toBe('a=secure; b=1')
  })

  it('keeps no cookie for longer than 400 days', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const jar = new CookieJar()
    jar.store('a=1; Max-Age=99999999999', at('/'))
    jar.store('b=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT', at('/'))
    vi.setSystemTime(Date.now() + 400 * 24 * 3600 * 1000 - 1)
    expect(jar.header(at('/'))).toBe('a=1; b=1')
    vi.setSystemTime(Date.now() + 1)
    expect(jar.header(at('/'))).toBe('')
  })

  it('sends a cookie until it expires, and prefers Max-Age to Expires', () => {
    vi.useFakeTimers()
    const jar = new CookieJar()
    jar.store('a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT', at('/'))
    jar.store(`b=2; Expires=${new Date(Date.now() + 20_000).toUTCString()}`, at('/'))
    vi.advanceTimersByTime(9_999)
    expect(jar.header(at('/'))).toBe('a=1; b=2')
    vi.advanceTimersByTime(1)
    expect(jar.header(at('/'))).toBe('b=2')
    expect(jar.get('a')).toBeUndefined()
    vi.advanceTimersByTime(10_000)
    expect(jar.header(at('/'))).toBe('')
  })

  it('sets and deletes cookies directly', () => {
    const jar = new CookieJar()
    jar.set('a', '1')
    jar.set('b', '2')
    jar.store('a=3; Path=/x', at('/'))
    expect(jar.get('a')).toBe('1')
    jar.delete('a')
    expect([jar.get('a'), jar.header(at('/x'))]).toEqual([undefined, 'b=2'])
    jar.clear()
    expect(jar.header(at('/'))).toBe('')
  })

  it('stores one cookie if a test and a response set the same one', () => {
    const jar = new CookieJar()
    jar.set('a', 'test')
    jar.store('a=response; Path=/; Secure', at('/'))
    expect(jar.header(at('/'))).toBe('a=response')
    jar.set('a', 'test')
    expect(jar.header(at('/'))).toBe('a=test')
    jar.store('a=; Path=/; Max-Age=0', at('/'))
    expect(jar.header(at('/'))).toBe('')
  })

  it('never throws, whatever the field', () => {
    const pieces = fc.constantFrom(
      'a',
      '=',
      ';',
      ' ',
      'Path',
      '/',
      'Max-Age',
      '-',
      '9',
      'Expires',
      'Secure',
      ',',
    )
    const lines = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(fc.array(lines), (lines) => {
        expect(typeof after(lines)).toBe('string')
      }),
    )
  })
})
