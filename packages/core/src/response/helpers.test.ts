import { describe, expect, it } from 'vitest'
import { bytes, empty, html, json, redirect, text } from '../index.ts'

const location = (to: string | URL) => redirect(to).headers.get('location')

describe.each([
  { name: 'text', make: text, type: 'text/plain; charset=utf-8' },
  { name: 'html', make: html, type: 'text/html; charset=utf-8' },
])('$name', ({ make, type }) => {
  it('returns status 200 with its content type and the text in UTF-8', async () => {
    const response = make('Grüße 世界')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
    expect(await response.bytes()).toEqual(new TextEncoder().encode('Grüße 世界'))
  })

  it('sends the text unchanged', async () => {
    expect(await make('<b>&amp;').text()).toBe('<b>&amp;')
    expect(await make('').text()).toBe('')
  })

  it('uses the init, including its content type', () => {
    const response = make('x', { status: 404, statusText: 'Gone Fishing', headers: { 'X-A': '1' } })
    expect([response.status, response.statusText]).toEqual([404, 'Gone Fishing'])
    expect([...response.headers]).toEqual([
      ['content-type', type],
      ['x-a', '1'],
    ])
    expect(make('x', { headers: { 'Content-Type': 'a/b' } }).headers.get('content-type')).toBe('a/b')
  })

  it('accepts headers in every form and keeps each Set-Cookie', () => {
    const pairs: [string, string][] = [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]
    expect(make('x', { headers: pairs }).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(make('x', { headers: new Headers(pairs) }).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('does not change the init', () => {
    const headers = new Headers()
    make('x', { headers })
    expect([...headers]).toEqual([])
  })

  it('rejects a status without a body, a status out of range and a header with a line break', () => {
    expect(() => make('x', { status: 204 })).toThrow(TypeError)
    expect(() => make('x', { status: 600 })).toThrow(RangeError)
    expect(() => make('x', { headers: { 'x-a': 'b\r\nset-cookie: evil=1' } })).toThrow(TypeError)
  })
})

describe('json', () => {
  it.each([null, false, 0, '', 'ü\u2028', [1, [2]], { a: { b: null } }, { toJSON: () => 7 }])(
    'returns %j as Response.json does',
    async (data) => {
      const [own, native] = [json(data), Response.json(data)]
      expect([...own.headers]).toEqual([...native.headers])
      expect(await own.text()).toBe(await native.text())
    },
  )

  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['a cycle', cycle],
    ['an object whose toJSON returns undefined', { toJSON: () => undefined }],
  ])('rejects %s, as Response.json does', (_, data) => {
    expect(() => Response.json(data)).toThrow(TypeError)
    expect(() => json(data)).toThrow(TypeError)
  })

  it('uses the content type of the init', () => {
    const init = { headers: { 'content-type': 'application/ld+json' } }
    expect(json({}, init).headers.get('content-type')).toBe('application/ld+json')
  })

  it('rejects a promise, which would be sent as {}', () => {
    const promise = Promise.resolve({ id: 7 })
    // @ts-expect-error This is a promise: await it first
    expect(() => json(promise)).toThrow(new TypeError('json: data is a promise; await it first'))
    const maybe = promise as Promise<{ id: number }> | { id: number }
    // @ts-expect-error it may be a promise
    expect(() => json(maybe)).toThrow(TypeError)
    const anything = JSON.parse('{}')
    expect(json(anything).status).toBe(200)
    expect(json({} as unknown).status).toBe(200)
  })
})

describe('bytes', () => {
  it('returns status 200 with the bytes as application/octet-stream', async () => {
    const response = bytes(new Uint8Array([1, 2, 3]))
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream'])
    expect(await response.bytes()).toEqual(new Uint8Array([1, 2, 3]))
    expect(await bytes(new Uint8Array()).text()).toBe('')
  })

  it('uses the init, including its content type', () => {
    const response = bytes(new Uint8Array(1), {
      status: 206,
      headers: { 'Content-Type': 'image/png', 'x-a': '1' },
    })
    expect(response.status).toBe(206)
    expect([...response.headers]).toEqual([
      ['content-type', 'image/png'],
      ['x-a', '1'],
    ])
  })

  it('rejects everything but bytes, and a status without a body', () => {
    for (const body of ['text', null, undefined, [1], new ArrayBuffer(1)])
      expect(() => bytes(body as never)).toThrow(/^bytes: body must be a Uint8Array, got /)
    expect(() => bytes(new Uint8Array(), { status: 304 })).toThrow(TypeError)
  })
})

describe('redirect', () => {
  it('returns status 302 without a body and without a content type', () => {
    const response = redirect('/a')
    expect([response.status, response.body, [...response.headers]]).toEqual([302, null, [['location', '/a']]])
  })

  it.each([301, 302, 303, 307, 308])('returns the given status %d', (status) => {
    expect(redirect('/', status).status).toBe(status)
  })

  it.each([200, 300, 304, 305, 306, 404, Number.NaN])('rejects the status %d', (status) => {
    expect(() => redirect('/', status)).toThrow(
      new RangeError(`redirect: status must be 301, 302, 303, 307 or 308, got ${status}`),
    )
  })

  it.each([
    ['/a?b=c&d#e', '/a?b=c&d#e', 'what a URL may hold'],
    ['/a%20b%2Fc%', '/a%20b%2Fc%', 'what is percent-encoded already, and a stray percent sign'],
    ['/grüße/世界', '/gr%C3%BC%C3%9Fe/%E4%B8%96%E7%95%8C', 'text outside ASCII'],
    ['/😀', '/%F0%9F%98%80', 'a pair of surrogates'],
    ['/a\uD800b', '/a%EF%BF%BDb', 'a lone surrogate'],
    ['/\uDC00\uD800', '/%EF%BF%BD%EF%BF%BD', 'surrogates in the wrong order'],
    ['/a b\tc', '/a%20b%09c', 'white space'],
    ['/a\r\nSet-Cookie: evil=1', '/a%0D%0ASet-Cookie:%20evil=1', 'a line break that would begin a field'],
    ['/a\0\x7f', '/a%00%7F', 'control characters'],
    ['/a\u2028\u0085', '/a%E2%80%A8%C2%85', 'line separators of Unicode'],
    ['/\\example.org', '/%5Cexample.org', 'a backslash, which browsers read as a slash'],
    ['/a"<>^`{|}', '/a%22%3C%3E%5E%60%7B%7C%7D', 'characters that no URI has'],
    ["/a!$&'()*+,;=:@-._~?b=[1]#c", "/a!$&'()*+,;=:@-._~?b=[1]#c", 'characters that a URI can have'],
  ])('to %j goes to %s: %s', (to, expected) => {
    expect(location(to)).toBe(expected)
  })

  it('accepts a URL', () => {
    expect(location(new URL('https://bücher.example/ä?ö'))).toBe(
      'https://xn--bcher-kva.example/%C3%A4?%C3%B6',
    )
  })

  it('uses the headers of the init except Location, and ignores its status', () => {
    const init = {
      status: 200,
      statusText: 'Over There',
      headers: { location: '/evil', 'set-cookie': 'a=1' },
    }
    const response = redirect('/good', 303, init)
    expect([response.status, response.statusText]).toEqual([303, 'Over There'])
    expect([...response.headers]).toEqual([
      ['location', '/good'],
      ['set-cookie', 'a=1'],
    ])
  })
})

describe('empty', () => {
  it.each([200, 204, 205, 304, 404])('returns status %d without a body and without headers', (status) => {
    const response = empty(status)
    expect([response.status, response.body, [...response.headers]]).toEqual([status, null, []])
  })

  it('returns status 204 by default, with the headers of the init', () => {
    const response = empty(undefined, { headers: { 'x-a': '1' } })
    expect([response.status, response.headers.get('x-a')]).toEqual([204, '1'])
  })
})
