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

describe('CookieJar', () => {
  it('keeps a cookie with its value as sent', () => {
    expect(after(['a=b%20c=d; HttpOnly; SameSite=Lax'])).toBe('a=b%20c=d')
    expect(after(['a="quoted"'])).toBe('a="quoted"')
    expect(after([' a = b '])).toBe('a=b')
    expect(after(['a='])).toBe('a=')
  })

  it('replaces a cookie of the same name and path', () => {
    expect(after(['a=1', 'b=2', 'a=3'])).toBe('a=3; b=2')
  })

  it('ignores a field without =', () => {
    expect(after(['flag', ''])).toBe('')
  })

  it.each([
    ['/users', '/users', true],
    ['/users', '/users/7', true],
    ['/users', '/users2', false],
    ['/users', '/', false],
    ['/users/', '/users/7', true],
    ['/users/', '/users', false],
    ['/', '/anything', true],
  ])('sends a cookie of Path=%s to %s: %s', (path, requested, sent) => {
    expect(after([`a=1; Path=${path}`], requested)).toBe(sent ? 'a=1' : '')
  })

  it('takes the folder of the request for the path where there is none, or none that begins with /', () => {
    for (const line of ['a=1', 'a=1; Path=', 'a=1; Path=relative']) {
      const jar = new CookieJar()
      jar.store(line, at('/users/7'))
      expect(jar.header(at('/users/8'))).toBe('a=1')
      expect(jar.header(at('/'))).toBe('')
    }
  })

  it('sends the longer path first, both of one name', () => {
    expect(after(['a=outer; Path=/', 'a=inner; Path=/x'], '/x')).toBe('a=inner; a=outer')
  })

  it.each([
    'Max-Age=0',
    'Max-Age=-1',
    'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'max-age=0; Expires=Fri, 31 Dec 9999 23:59:59 GMT',
  ])('forgets a cookie by %s', (attribute) => {
    expect(after(['a=1', `a=; ${attribute}`])).toBe('')
  })

  it.each(['Max-Age=', 'Max-Age=soon', 'Max-Age=1e9', 'Expires=', 'Expires=never'])(
    'keeps a cookie whose %s does not parse',
    (attribute) => {
      expect(after([`a=1; ${attribute}`])).toBe('a=1')
    },
  )

  it('sends a cookie until its time is over; Max-Age counts before Expires', () => {
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

  it('keeps a Secure cookie to origins that are secure, localhost among them', () => {
    for (const origin of ['https://a.example', 'http://localhost:8000', 'http://127.0.0.1'])
      expect(after(['a=1; Secure'], '/', origin), origin).toBe('a=1')
    expect(after(['a=1; Secure'], '/', 'http://a.example')).toBe('')
    const jar = new CookieJar()
    jar.store('a=1; Secure', at('/', 'https://a.example'))
    expect(jar.header(at('/', 'http://a.example'))).toBe('')
  })

  it.each([
    ['__Secure-a=1; Secure', true],
    ['__Secure-a=1', false],
    ['__Host-a=1; Secure; Path=/', true],
    ['__Host-a=1; Path=/', false],
    ['__Host-a=1; Secure', false],
    ['__Host-a=1; Secure; Path=/x', false],
    ['__Host-a=1; Secure; Path=/; Domain=a.example', false],
    ['__hOsT-a=1; Path=/', false],
  ])('takes %s: %s', (line, taken) => {
    expect(after([line], '/', 'https://a.example') !== '').toBe(taken)
  })

  it('is given cookies, and forgets them, by hand', () => {
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

  it('takes any field without throwing', () => {
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
