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
  it('stores a cookie with its value as it was sent', () => {
    expect(after(['a=b%20c=d; HttpOnly; SameSite=Lax'])).toBe('a=b%20c=d')
    expect(after(['a="quoted"'])).toBe('a="quoted"')
    expect(after([' a = b '])).toBe('a=b')
    expect(after(['a='])).toBe('a=')
  })

  it('replaces a cookie of the same name and path', () => {
    expect(after(['a=1', 'b=2', 'a=3'])).toBe('a=3; b=2')
  })

  it('stores a cookie without a name, and ignores one without name and value', () => {
    expect(after(['flag'])).toBe('flag')
    expect(after(['=flag', 'a=1'])).toBe('flag; a=1')
    expect(after(['flag', '=other; Path=/'])).toBe('other')
    expect(after(['', ';', '=', ' = ; Path=/', '\t'])).toBe('')
  })

  it('accepts every name that browsers accept', () => {
    for (const name of ['cart[1]', 'test::name', 'a b', 'a,b', '"a"', '\xe9'])
      expect(after([`${name}=1`])).toBe(`${name}=1`)
  })

  it.each(['a\x00=1', 'a=\x1f', 'a=1; Path=/\x7f', 'a=1\r', 'a\n=1'])(
    'ignores a field with a control character: %j',
    (line) => {
      expect(after([line])).toBe('')
    },
  )

  it('ignores a cookie whose name and value are longer than 4096 bytes together', () => {
    expect(after([`name=${'x'.repeat(4092)}; Path=/; Max-Age=60; SameSite=Lax`])).toHaveLength(4097)
    expect(after([`name=${'x'.repeat(4093)}`])).toBe('')
  })

  it('ignores an attribute whose value is longer than 1024 bytes', () => {
    expect(after([`a=1; Path=/x${'x'.repeat(1023)}`])).toBe('a=1')
    expect(after([`a=1; Path=/x${'x'.repeat(1022)}`])).toBe('')
  })

  it('ignores SameSite=None without Secure', () => {
    expect(after(['a=1; SameSite=None'])).toBe('')
    expect(after(['a=1; samesite=NONE; secure'])).toBe('a=1')
    expect(after(['a=1; SameSite=Strict', 'b=1; SameSite=unknown'])).toBe('a=1; b=1')
  })

  it.each([
    ['a.example', 'https://a.example', 'https://b.a.example', true],
    ['.A.Example', 'https://b.a.example', 'https://c.a.example', true],
    ['a.example', 'https://b.a.example', 'https://b.a.example', true],
    ['b.a.example', 'https://a.example', 'https://a.example', false],
    ['other.example', 'https://a.example', 'https://a.example', false],
    ['ample', 'https://a.example', 'https://a.example', false],
    ['example', 'https://a.example', 'https://a.example', false],
    ['', 'https://a.example', 'https://b.a.example', false],
    ['localhost', 'http://localhost', 'http://localhost', true],
    ['0.0.1', 'http://127.0.0.1', 'http://127.0.0.1', false],
    ['127.0.0.1', 'http://127.0.0.1', 'http://127.0.0.1', true],
  ])('sends a cookie of Domain=%s, set by %s, to %s: %s', (domain, from, to, isSent) => {
    const jar = new CookieJar()
    jar.store(`a=1; Domain=${domain}; Path=/`, at('/', from))
    expect(jar.header(at('/', to))).toBe(isSent ? 'a=1' : '')
  })

  it('distinguishes cookies of one name by domain', () => {
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

  it('uses the folder of the request if Path is missing or does not begin with /', () => {
    for (const line of ['a=1', 'a=1; Path=', 'a=1; Path=relative']) {
      const jar = new CookieJar()
      jar.store(line, at('/users/7'))
      expect(jar.header(at('/users/8'))).toBe('a=1')
      expect(jar.header(at('/'))).toBe('')
    }
  })

  it('sends cookies with longer paths first', () => {
    expect(after(['a=outer; Path=/', 'a=inner; Path=/x'], '/x')).toBe('a=inner; a=outer')
  })

  it.each([
    'Max-Age=0',
    'Max-Age=-1',
    'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'max-age=0; Expires=Fri, 31 Dec 9999 23:59:59 GMT',
  ])('deletes a cookie by %s', (attribute) => {
    expect(after(['a=1', `a=; ${attribute}`])).toBe('')
  })

  it.each(['Max-Age=', 'Max-Age=soon', 'Max-Age=1e9', 'Expires=', 'Expires=never'])(
    'ignores %s, which is invalid',
    (attribute) => {
      expect(after([`a=1; ${attribute}`])).toBe('a=1')
    },
  )

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

  it('accepts and sends Secure cookies only if the origin is secure, such as localhost', () => {
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
    ['__Http-a=1; Secure; HttpOnly', true],
    ['__Http-a=1; Secure', false],
    ['__Http-a=1; HttpOnly', false],
    ['__Host-Http-a=1; Secure; HttpOnly; Path=/', true],
    ['__Host-Http-a=1; Secure; Path=/', false],
    ['__Host-Http-a=1; Secure; HttpOnly; Path=/; Domain=a.example', false],
    ['__Host-a; Secure; Path=/', false],
    ['=__secure-a=1; Secure', false],
  ])('accepts %s: %s', (line, isAccepted) => {
    expect(after([line], '/', 'https://a.example') !== '').toBe(isAccepted)
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

  it('has one cookie if a test and a response set the same one', () => {
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
