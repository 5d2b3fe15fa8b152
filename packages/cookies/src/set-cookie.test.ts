import { text } from '@tsgi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CookieOptions, parseCookies, setCookie, withCookies } from './index.ts'

const lineOf = (name: string, value: string, options?: CookieOptions) => setCookie(name, value, options).line
/** The error that setting gives, as `Kind: message`. */
const refusal = (name: string, value: unknown, options: object = {}): string => {
  try {
    setCookie(name, value as string, options as CookieOptions)
  } catch (error) {
    return String(error)
  }
  throw new Error('it was not refused')
}

describe('setCookie', () => {
  it('defaults to the whole site, hidden from scripts, not cross-site', () => {
    expect(lineOf('a', '1')).toBe('a=1; Path=/; HttpOnly; SameSite=Lax')
  })

  it('writes every attribute', () => {
    const options: CookieOptions = {
      path: '/app',
      domain: 'example.com',
      maxAge: 60,
      expires: new Date(0),
      httpOnly: false,
      secure: true,
      sameSite: 'none',
      partitioned: true,
      priority: 'high',
    }
    expect(lineOf('a', '1', options).split('; ')).toEqual([
      'a=1',
      'Max-Age=60',
      'Domain=example.com',
      'Path=/app',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'Secure',
      'Partitioned',
      'Priority=High',
      'SameSite=None',
    ])
  })

  it('takes an attribute that is undefined for one that is absent', () => {
    const options = {
      path: undefined,
      domain: undefined,
      maxAge: undefined,
      httpOnly: undefined,
      secure: undefined,
    }
    expect(lineOf('a', '1', options)).toBe(lineOf('a', '1'))
  })

  it('percent-encodes what a value may not hold', () => {
    expect(lineOf('a', 'x y;"é%')).toMatch(/^a=x%20y%3B%22%C3%A9%25;/)
    expect(lineOf('a', 'a\r\nSet-Cookie: b=1')).toMatch(/^a=a%0D%0ASet-Cookie%3A%20b%3D1;/)
  })

  it('is secure where something demands it', () => {
    for (const options of [{ sameSite: 'none' }, { partitioned: true }] as const) {
      expect(lineOf('a', '1', options)).toContain('; Secure')
    }
    expect(lineOf('__Secure-a', '1')).toContain('; Secure')
    expect(lineOf('__Host-a', '1')).toContain('; Secure')
  })

  it.each(['', 'a b', 'a;b', 'a=b', 'a,b', 'a"b', 'a/b', 'é', 'a\r\n', 'a\0', '(a)'])(
    'refuses the name %j, which is no token',
    (name) => {
      expect(refusal(name, '1')).toBe(
        `TypeError: Cannot set the cookie ${JSON.stringify(name)}: its name is no token`,
      )
    },
  )

  it.each([
    ['half of a surrogate pair', '\ud800'],
    ['a number', 7],
    ['undefined', undefined],
    ['null', null],
  ])('refuses a value that is %s', (_, value) => {
    expect(refusal('a', value)).toBe(
      'TypeError: Cannot set the cookie "a": its value is not well-formed text',
    )
  })

  it.each([
    [{ path: 'app' }, `path must begin with '/', got "app"`],
    [{ path: '' }, `path must begin with '/', got ""`],
    [{ path: '/a;b' }, 'path is invalid'],
    [{ path: '/é' }, 'path is invalid'],
    [{ path: '/\r\n' }, 'path is invalid'],
    [{ domain: 'a b' }, 'domain is invalid'],
    [{ domain: 'example.com; Path=/x' }, 'domain is invalid'],
    [{ maxAge: 1.5 }, 'maxAge is invalid'],
    [{ maxAge: Number.NaN }, 'maxAge is invalid'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'maxAge is invalid'],
    [{ expires: new Date(Number.NaN) }, 'expires is invalid'],
    [{ sameSite: 'loose' }, 'sameSite is invalid'],
    [{ priority: 'top' }, 'priority is invalid'],
    [{ sameSite: 'none', secure: false }, "sameSite: 'none' requires secure"],
    [{ partitioned: true, secure: false }, 'partitioned requires secure'],
  ])('refuses %j, naming the cookie', (options, reason) => {
    const message = refusal('basket', '1', options)
    expect(message).toContain('TypeError: Cannot set the cookie "basket": ')
    expect(message).toContain(reason)
  })

  it('takes a field of 4096 bytes and refuses one more, naming the cookie', () => {
    const room = 4096 - lineOf('big', '').length
    expect(lineOf('big', 'x'.repeat(room))).toHaveLength(4096)
    expect(refusal('big', 'x'.repeat(room + 1))).toBe(
      'RangeError: Cannot set the cookie "big": 4097 bytes are over the limit of 4096',
    )
    // What counts is what is sent: here 9 bytes a character.
    expect(refusal('big', '€'.repeat(500))).toContain('over the limit of 4096')
  })

  it('takes a path of 1024 bytes and refuses one more', () => {
    expect(lineOf('a', '', { path: `/${'x'.repeat(1023)}` })).toContain('/xxx')
    expect(refusal('a', '', { path: `/${'x'.repeat(1024)}` })).toContain('RangeError')
  })

  it('gives a client back what was set, or refuses to set it', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,8}$/),
    )
    fc.assert(
      fc.property(name, fc.string({ unit: 'binary', maxLength: 50 }), (name, value) => {
        let line: string
        try {
          ;({ line } = setCookie(name, value))
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          expect(String(error)).toContain(JSON.stringify(name))
          return
        }
        expect(line).toMatch(/^[\x20-\x7e]+$/)
        const [pair = '', ...attributes] = line.split('; ')
        expect(attributes.slice(0, 1)).toEqual(['Path=/'])
        expect(parseCookies(`(first)=1; ${pair}; (last)=1`)[name]).toBe(value)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('names with a prefix', () => {
  it.each(['__Host-id', '__HOST-id', '__host-id'])(
    '%s allows no domain, no other path, nothing insecure',
    (name) => {
      expect(refusal(name, '1', { domain: 'example.com' })).toBe(
        `TypeError: Cannot set the cookie "${name}": its prefix allows no domain`,
      )
      expect(refusal(name, '1', { path: '/app' })).toContain("its prefix allows no path but '/'")
      expect(refusal(name, '1', { secure: false })).toContain('its prefix requires secure')
      expect(lineOf(name, '1', { path: '/', secure: true })).toBe(lineOf(name, '1'))
    },
  )

  it.each(['__Secure-id', '__secure-id', '__SECURE-id'])('%s allows nothing insecure', (name) => {
    expect(refusal(name, '1', { secure: false })).toContain('its prefix requires secure')
    expect(lineOf(name, '1', { domain: 'example.com', path: '/app' })).toContain('; Secure')
  })

  it('is no prefix elsewhere in the name, or in part', () => {
    for (const name of ['x__Host-id', '__Hostid', '__Secure', '_Host-id']) {
      expect(lineOf(name, '1', { secure: false, path: '/app' })).not.toContain('Secure;')
    }
  })

  it('is checked by the types', () => {
    const never = () => {
      // @ts-expect-error a domain
      setCookie('__Host-id', '1', { domain: 'example.com' })
      // @ts-expect-error another path
      setCookie('__host-id', '1', { path: '/app' })
      // @ts-expect-error insecure
      setCookie('__Host-id', '1', { secure: false })
      // @ts-expect-error insecure
      setCookie('__Secure-id', '1', { secure: false })
      setCookie('__Secure-id', '1', { domain: 'example.com', secure: true })
      setCookie('__Host-id', '1', { path: '/', secure: true, maxAge: 60 })
      setCookie('id', '1', { domain: 'example.com', secure: false })
      setCookie('id' as string, '1', { domain: 'example.com' })
    }
    expect(never).toThrow(TypeError)
  })
})

describe('withCookies', () => {
  it('returns the response itself where nothing is set', () => {
    const response = text('same')
    expect(withCookies(response, [])).toBe(response)
  })

  it('adds to what the response sets, and keeps the rest of it', async () => {
    const response = text('hi', { status: 201, headers: { 'set-cookie': 'own=1', 'x-own': '1' } })
    const changed = withCookies(response, [setCookie('a', '1'), setCookie('b', '2')])
    expect(changed.headers.getSetCookie()).toEqual(['own=1', lineOf('a', '1'), lineOf('b', '2')])
    expect([changed.status, changed.headers.get('x-own'), await changed.text()]).toEqual([201, '1', 'hi'])
  })

  it.each([
    ['a redirect', () => Response.redirect('http://localhost/'), 302],
    ['a fetched response', () => fetch('data:text/plain,hi'), 200],
  ])('changes what is immutable: %s', async (_, make, status) => {
    const response = await make()
    expect(() => response.headers.append('set-cookie', 'a=1')).toThrow(TypeError)
    const changed = withCookies(response, [setCookie('a', '1')])
    expect(changed.headers.getSetCookie()).toEqual([lineOf('a', '1')])
    expect(changed.status).toBe(status)
  })

  it('keeps the last of those a client takes for the same cookie', () => {
    const lines = (...cookies: [name: string, value: string, options?: CookieOptions][]) =>
      withCookies(
        text(''),
        cookies.map(([name, value, options]) => setCookie(name, value, options)),
      ).headers.getSetCookie()
    expect(lines(['a', '1'], ['b', '1'], ['a', '2', { path: '/', maxAge: 5 }])).toEqual([
      lineOf('a', '2', { maxAge: 5 }),
      lineOf('b', '1'),
    ])
    expect(lines(['a', '1', { domain: 'x.org' }], ['a', '2', { domain: '.X.org' }])).toHaveLength(1)
    expect(lines(['a', '1'], ['A', '1'])).toHaveLength(2)
    expect(lines(['a', '1'], ['a', '1', { path: '/b' }])).toHaveLength(2)
    expect(lines(['a', '1'], ['a', '1', { domain: 'x.org' }])).toHaveLength(2)
    expect(lines(['a', '1', { secure: true }], ['a', '1', { partitioned: true }])).toHaveLength(2)
  })
})
