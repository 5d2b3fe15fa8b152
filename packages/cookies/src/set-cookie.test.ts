import { text } from '@tsgi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CookieOptions, parseCookies, setCookie, withCookies } from './index.ts'

const lineOf = (name: string, value: string, options?: CookieOptions) => setCookie(name, value, options).line
/** Returns the error that `setCookie` throws as `Kind: message`. */
const rejection = (name: string, value: unknown, options: object = {}): string => {
  try {
    setCookie(name, value as string, options as CookieOptions)
  } catch (error) {
    return String(error)
  }
  throw new Error('it was accepted')
}

describe('setCookie', () => {
  it('defaults to Path=/, HttpOnly and SameSite=Lax', () => {
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

  it('accepts maxAge as text with a unit, or as a number of seconds', () => {
    expect(lineOf('a', '1', { maxAge: '1.5h' })).toContain('; Max-Age=5400;')
    expect(lineOf('a', '1', { maxAge: 5400 })).toBe(lineOf('a', '1', { maxAge: '1.5h' }))
  })

  it('ignores attributes that are undefined', () => {
    const options = {
      path: undefined,
      domain: undefined,
      maxAge: undefined,
      httpOnly: undefined,
      secure: undefined,
    }
    expect(lineOf('a', '1', options)).toBe(lineOf('a', '1'))
  })

  it('percent-encodes characters that a value cannot contain', () => {
    expect(lineOf('a', 'x y;"é%')).toMatch(/^a=x%20y%3B%22%C3%A9%25;/)
    expect(lineOf('a', 'a\r\nSet-Cookie: b=1')).toMatch(/^a=a%0D%0ASet-Cookie%3A%20b%3D1;/)
  })

  it('adds Secure if another attribute or the prefix requires it', () => {
    for (const options of [{ sameSite: 'none' }, { partitioned: true }] as const) {
      expect(lineOf('a', '1', options)).toContain('; Secure')
    }
    expect(lineOf('__Secure-a', '1')).toContain('; Secure')
    expect(lineOf('__Host-a', '1')).toContain('; Secure')
  })

  it.each(['', ' a', 'a ', '\ta', 'a\tb', 'a;b', 'a=b', 'a\r\n', 'a\0', 'a\x7f', '€'])(
    'rejects the name %j',
    (name) => {
      expect(rejection(name, '1')).toBe(
        `TypeError: Cannot set the cookie ${JSON.stringify(name)}: its name is not one that browsers accept`,
      )
    },
  )

  it.each(['cart[1]', 'test::name', 'a b', 'a,b', 'a"b', 'a/b', '(a)', 'Ã©', 'é', '{}', '@', '?'])(
    'accepts the name %j, as browsers do',
    (name) => {
      expect(lineOf(name, '1')).toBe(`${name}=1; Path=/; HttpOnly; SameSite=Lax`)
      expect(parseCookies(`${name}=1`)[name]).toBe('1')
    },
  )

  it.each([
    ['half of a surrogate pair', '\ud800', 'is not well-formed text'],
    ['a number', 7, 'must be text, got 7'],
    ['undefined', undefined, 'must be text, got undefined'],
    ['an object', { a: 1 }, 'must be text, got an instance of Object'],
  ])('rejects a value that is %s', (_, value, reason) => {
    expect(rejection('a', value)).toBe(`TypeError: Cannot set the cookie "a": its value ${reason}`)
  })

  it.each([
    [{ path: 'app' }, `path must begin with '/', got "app"`],
    [{ path: '' }, `path must begin with '/', got ""`],
    [{ path: '/a;b' }, 'path is invalid'],
    [{ path: '/é' }, 'path is invalid'],
    [{ path: '/\r\n' }, 'path is invalid'],
    [{ domain: 'a b' }, 'domain is invalid'],
    [{ domain: 'example.com; Path=/x' }, 'domain is invalid'],
    [{ path: 7 }, 'path must be text, got 7'],
    [{ domain: null }, 'domain must be text, got null'],
    [
      { maxAge: 1.5 },
      "maxAge must be a whole number of seconds or text such as '30s', '10m' or '365d', got 1.5",
    ],
    [{ maxAge: -1 }, 'maxAge must be'],
    [{ maxAge: '500ms' }, 'maxAge must be'],
    [{ maxAge: '30 days' }, 'maxAge must be'],
    [{ maxAge: Number.NaN }, 'maxAge must be'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'maxAge must be'],
    [{ expires: new Date(Number.NaN) }, 'expires must be a Date in the years 1601 to 9999'],
    [{ expires: new Date(8.64e15) }, 'expires must be a Date'],
    [{ expires: 0 }, 'expires must be a Date'],
    [{ sameSite: 'loose' }, 'sameSite must be "strict" or "lax" or "none", got "loose"'],
    [{ sameSite: 'None' }, 'sameSite must be "strict" or "lax" or "none", got "None"'],
    [{ sameSite: true }, 'sameSite must be'],
    [{ priority: 'High' }, 'priority must be "low" or "medium" or "high", got "High"'],
    [{ secure: 'false' }, 'secure must be true or false, got "false"'],
    [{ httpOnly: 0 }, 'httpOnly must be true or false, got 0'],
    [{ partitioned: 1 }, 'partitioned must be true or false, got 1'],
    [{ samesite: 'none' }, "unknown option 'samesite', did you mean 'sameSite'?"],
    [{ expiry: 1 }, "unknown option 'expiry'"],
    [{ sameSite: 'none', secure: false }, "sameSite: 'none' requires secure"],
    [{ partitioned: true, secure: false }, 'partitioned requires secure'],
  ])('rejects %j, naming the cookie', (options, reason) => {
    const message = rejection('basket', '1', options)
    expect(message).toContain('TypeError: Cannot set the cookie "basket": ')
    expect(message).toContain(reason)
  })

  it('accepts name and value of 4096 bytes together and rejects one more, naming the cookie', () => {
    expect(lineOf('big', 'x'.repeat(4093))).toMatch(/x; Path=/)
    expect(rejection('big', 'x'.repeat(4094))).toBe(
      'RangeError: Cannot set the cookie "big": name and value of 4097 bytes are over the limit of 4096',
    )
    expect(lineOf('x'.repeat(4096), '', { maxAge: 0 })).toContain('=; Max-Age=0;')
    // Percent-encoding counts: here 9 bytes per character.
    expect(rejection('big', '€'.repeat(500))).toContain('over the limit of 4096')
  })

  it('accepts a path of 1024 bytes and rejects one more', () => {
    expect(lineOf('a', '', { path: `/${'x'.repeat(1023)}` })).toContain('/xxx')
    expect(rejection('a', '', { path: `/${'x'.repeat(1024)}` })).toContain('RangeError')
  })

  it('sets every cookie so that it can be parsed again, or rejects it', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.stringMatching(/^[\x21-\x3A\x3C\x3E-\xFF ]{1,8}$/),
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
        expect(line).toMatch(/^[\t\x20-\x7e\x80-\xff]+$/)
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
    '%s allows no domain, no other path and no secure: false',
    (name) => {
      expect(rejection(name, '1', { domain: 'example.com' })).toBe(
        `TypeError: Cannot set the cookie "${name}": its prefix allows no domain`,
      )
      expect(rejection(name, '1', { path: '/app' })).toContain("its prefix allows no path other than '/'")
      expect(rejection(name, '1', { secure: false })).toContain('its prefix requires secure')
      expect(lineOf(name, '1', { path: '/', secure: true })).toBe(lineOf(name, '1'))
    },
  )

  it.each(['__Secure-id', '__secure-id', '__SECURE-id'])('%s allows no secure: false', (name) => {
    expect(rejection(name, '1', { secure: false })).toContain('its prefix requires secure')
    expect(lineOf(name, '1', { domain: 'example.com', path: '/app' })).toContain('; Secure')
  })

  it.each(['__Http-id', '__HTTP-id', '__Host-Http-id', '__host-http-id'])('%s requires HttpOnly', (name) => {
    expect(rejection(name, '1', { httpOnly: false })).toContain('its prefix requires httpOnly')
    expect(rejection(name, '1', { secure: false })).toContain('its prefix requires secure')
    expect(lineOf(name, '1')).toContain('; HttpOnly; Secure')
  })

  it('binds __Host-Http- to the host, but not __Http-', () => {
    expect(rejection('__Host-Http-id', '1', { domain: 'example.com' })).toContain('allows no domain')
    expect(rejection('__Host-Http-id', '1', { path: '/app' })).toContain('allows no path')
    expect(lineOf('__Http-id', '1', { domain: 'example.com', path: '/app' })).toContain(
      '; Domain=example.com',
    )
  })

  it('is only a prefix at the start of the name and in full', () => {
    for (const name of ['x__Host-id', '__Hostid', '__Secure', '_Host-id', '__Httpid']) {
      expect(lineOf(name, '1', { secure: false, path: '/app' })).not.toContain('Secure;')
    }
  })

  it('is checked at compile time', () => {
    const never = () => {
      // @ts-expect-error a domain
      setCookie('__Host-id', '1', { domain: 'example.com' })
      // @ts-expect-error another path
      setCookie('__host-id', '1', { path: '/app' })
      // @ts-expect-error insecure
      setCookie('__Host-id', '1', { secure: false })
      // @ts-expect-error insecure
      setCookie('__Secure-id', '1', { secure: false })
      // @ts-expect-error visible to scripts
      setCookie('__Http-id', '1', { httpOnly: false })
      // @ts-expect-error visible to scripts
      setCookie('__Host-Http-id', '1', { httpOnly: false })
      // @ts-expect-error a domain
      setCookie('__Host-Http-id', '1', { domain: 'example.com' })
      setCookie('__Host-id', '1', { httpOnly: false })
      setCookie('__Secure-id', '1', { domain: 'example.com', secure: true })
      setCookie('__Host-id', '1', { path: '/', secure: true, maxAge: 60 })
      setCookie('id', '1', { domain: 'example.com', secure: false })
      setCookie('id' as string, '1', { domain: 'example.com' })
    }
    expect(never).toThrow(TypeError)
  })
})

describe('withCookies', () => {
  it('returns the same response if nothing is set', () => {
    const response = text('same')
    expect(withCookies(response, [])).toBe(response)
  })

  it('adds to the cookies that the response sets and keeps everything else', async () => {
    const response = text('hi', { status: 201, headers: { 'set-cookie': 'own=1', 'x-own': '1' } })
    const changed = withCookies(response, [setCookie('a', '1'), setCookie('b', '2')])
    expect(changed.headers.getSetCookie()).toEqual(['own=1', lineOf('a', '1'), lineOf('b', '2')])
    expect([changed.status, changed.headers.get('x-own'), await changed.text()]).toEqual([201, '1', 'hi'])
  })

  it.each([
    ['a redirect', () => Response.redirect('http://localhost/'), 302],
    ['a fetched response', () => fetch('data:text/plain,hi'), 200],
  ])('adds cookies to an immutable response: %s', async (_, make, status) => {
    const response = await make()
    expect(() => response.headers.append('set-cookie', 'a=1')).toThrow(TypeError)
    const changed = withCookies(response, [setCookie('a', '1')])
    expect(changed.headers.getSetCookie()).toEqual([lineOf('a', '1')])
    expect(changed.status).toBe(status)
  })

  it('keeps the last of several cookies that a browser cannot tell apart', () => {
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
