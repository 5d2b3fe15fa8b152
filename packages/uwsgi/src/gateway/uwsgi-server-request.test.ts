import { json } from '@tsgi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyOf, request, start, statusOf } from '../../test/start.ts'
import { createUwsgiServer, encodePacket, type UwsgiNative } from '../index.ts'

/** Responds with the data that the application receives. */
async function seen(variables: Record<string, string>, options: Parameters<typeof start>[1] = {}) {
  await using gateway = await start((environ) => {
    const {
      method,
      scheme,
      host,
      scriptName,
      pathInfo,
      queryString,
      protocol,
      remoteAddress,
      headers,
      request,
    } = environ
    return json({
      ...{ method, scheme, host, scriptName, pathInfo, queryString, protocol, remoteAddress },
      headers: [...headers],
      url: request.url,
    })
  }, options)
  const response = await gateway.exchange(variables)
  return { status: statusOf(response), ...JSON.parse(bodyOf(response)) }
}

describe('the environ', () => {
  it('is created from the variables', async () => {
    expect(
      await seen({
        REQUEST_METHOD: 'DELETE',
        REQUEST_URI: '/caf%C3%A9/a%2Fb?x=1&y=%20',
        PATH_INFO: '/caf\xc3\xa9/a/b',
        QUERY_STRING: 'x=1&y= ',
        SERVER_PROTOCOL: 'HTTP/2.0',
        REQUEST_SCHEME: 'https',
        HTTP_ACCEPT_LANGUAGE: 'de',
        CONTENT_TYPE: '',
        CONTENT_LENGTH: '',
      }),
    ).toEqual({
      status: 200,
      method: 'DELETE',
      scheme: 'https',
      host: 'example.org',
      scriptName: '',
      pathInfo: '/caf%C3%A9/a%2Fb',
      queryString: 'x=1&y=%20',
      protocol: 'HTTP/2.0',
      remoteAddress: '192.0.2.7',
      headers: [
        ['accept-language', 'de'],
        ['host', 'example.org'],
      ],
      url: 'https://example.org/caf%C3%A9/a%2Fb?x=1&y=%20',
    })
  })

  it.each([
    ['/app', '/app/users', '/app', '/users'],
    ['/app', '/app', '/app', ''],
    ['/app', '/app/', '/app', '/'],
    ['/app/', '/app/users', '/app', '/users'],
    ['/', '/users', '', '/users'],
    ['/app', '//app/users', '//app', '/users'],
    ['/app', '/app//users', '/app', '//users'],
    ['/app', '/x/../app/users', '/app', '/users'],
    ['/caf\xc3\xa9', '/caf%c3%a9/x', '/caf%C3%A9', '/x'],
    ['/a b', '/a%20b/x%2Fy', '/a%20b', '/x%2Fy'],
    ['/app', '/%61pp/x', '/app', '/x'],
  ])('splits SCRIPT_NAME %s from %s', async (SCRIPT_NAME, REQUEST_URI, scriptName, pathInfo) => {
    expect(await seen({ SCRIPT_NAME, REQUEST_URI })).toMatchObject({ status: 200, scriptName, pathInfo })
  })

  it('handles a SCRIPT_NAME of 64,000 slashes in linear time', async () => {
    await using gateway = await start(({ scriptName, pathInfo }) => json([scriptName.length, pathInfo]))
    const variables = { SCRIPT_NAME: `${'/'.repeat(64_000)}a`, REQUEST_URI: '', PATH_INFO: '/b' }
    expect(JSON.parse(bodyOf(await gateway.exchange(variables)))).toEqual([64_001, '/b'])
  })

  it('uses PATH_INFO, encoded again, if REQUEST_URI is missing or was rewritten', async () => {
    const path = { SCRIPT_NAME: '/caf\xc3\xa9', PATH_INFO: '/a b/100%/c?d', QUERY_STRING: 'q=1' }
    const expected = { scriptName: '/caf%C3%A9', pathInfo: '/a%20b/100%25/c%3Fd', queryString: 'q=1' }
    expect(await seen({ ...path, REQUEST_URI: '' })).toMatchObject(expected)
    expect(await seen({ ...path, REQUEST_URI: '/old/path?z=2' })).toMatchObject(expected)
    expect(await seen({ ...path, PATH_INFO: '', REQUEST_URI: '' })).toMatchObject({
      ...expected,
      pathInfo: '',
    })
  })

  it('has no dot segments, no matter which variable the path comes from', async () => {
    expect(await seen({ REQUEST_URI: '/a/../admin/./x' })).toMatchObject({ pathInfo: '/admin/x' })
    expect(await seen({ REQUEST_URI: '/a/%2e%2E/admin' })).toMatchObject({ pathInfo: '/admin' })
    expect(await seen({ REQUEST_URI: '', PATH_INFO: '/a/../../admin' })).toMatchObject({ pathInfo: '/admin' })
    for (const SCRIPT_NAME of ['/a/..', '/..', '/.']) {
      expect(await seen({ SCRIPT_NAME, REQUEST_URI: '', PATH_INFO: '/x' })).toMatchObject({
        scriptName: '',
        pathInfo: '/x',
      })
      expect(await seen({ SCRIPT_NAME, REQUEST_URI: '', PATH_INFO: '' })).toMatchObject({ status: 400 })
    }
    expect(await seen({ SCRIPT_NAME: '/a/.', REQUEST_URI: '', PATH_INFO: '' })).toMatchObject({
      scriptName: '/a',
    })
  })

  it('has the host of an absolute target, of the Host field, or of the front end', async () => {
    expect(await seen({ HTTP_HOST: 'Example.ORG:8080' })).toMatchObject({ host: 'example.org:8080' })
    expect(await seen({ HTTP_HOST: 'example.org:80' })).toMatchObject({ host: 'example.org' })
    expect(await seen({ HTTP_HOST: 'example.org', REQUEST_URI: 'http://other.example/x' })).toMatchObject({
      host: 'other.example',
      pathInfo: '/x',
      headers: expect.arrayContaining([['host', 'other.example']]),
    })
    expect(await seen({ HTTP_HOST: '', SERVER_PORT: '8080' })).toMatchObject({ host: 'server.example:8080' })
    expect(await seen({ HTTP_HOST: '', SERVER_NAME: '::1', SERVER_PORT: '' })).toMatchObject({
      host: '[::1]',
    })
    expect(await seen({ HTTP_HOST: '', SERVER_NAME: '', SERVER_PORT: '' })).toMatchObject({
      host: 'localhost',
    })
  })

  it('has the scheme from HTTPS or REQUEST_SCHEME', async () => {
    expect(await seen({})).toMatchObject({ scheme: 'http' })
    expect(await seen({ HTTPS: 'on' })).toMatchObject({ scheme: 'https' })
    expect(await seen({ HTTPS: 'off' })).toMatchObject({ scheme: 'http' })
    expect(await seen({ REQUEST_SCHEME: 'HTTPS' })).toMatchObject({ scheme: 'https' })
  })

  it('has the address of the client if it is valid', async () => {
    expect(await seen({ REMOTE_ADDR: '2001:db8::1' })).toMatchObject({ remoteAddress: '2001:db8::1' })
    expect(await seen({ REMOTE_ADDR: '::ffff:192.0.2.1' })).toMatchObject({ remoteAddress: '192.0.2.1' })
    expect(await seen({ REMOTE_ADDR: 'unix:' })).toMatchObject({ remoteAddress: '' })
  })

  it('accepts OPTIONS * and falls back to HTTP/1.0', async () => {
    expect(
      await seen({ REQUEST_METHOD: 'OPTIONS', REQUEST_URI: '*', SERVER_PROTOCOL: 'INCLUDED' }),
    ).toMatchObject({
      pathInfo: '',
      protocol: 'HTTP/1.0',
    })
  })

  it('drops HTTP_PROXY, hop-by-hop fields, and fields that have their own variables', async () => {
    const { headers } = await seen({
      HTTP_PROXY: 'http://evil.example',
      HTTP_CONNECTION: 'close',
      HTTP_KEEP_ALIVE: 'timeout=5',
      HTTP_PROXY_CONNECTION: 'close',
      HTTP_TE: 'trailers',
      HTTP_TRAILER: 'x',
      HTTP_TRANSFER_ENCODING: 'chunked',
      HTTP_UPGRADE: 'h2c',
      HTTP_CONTENT_LENGTH: '0',
      HTTP_CONTENT_TYPE: 'text/evil',
      CONTENT_LENGTH: '0',
      CONTENT_TYPE: 'text/plain',
    })
    expect(headers).toEqual([
      ['content-length', '0'],
      ['content-type', 'text/plain'],
      ['host', 'example.org'],
    ])
  })

  it('joins repeated fields', async () => {
    await using gateway = await start(({ headers }) => json([headers.get('accept'), headers.get('cookie')]))
    using connection = gateway.connect()
    connection.send(
      encodePacket([
        ...['REQUEST_METHOD', 'GET', 'REQUEST_URI', '/', 'HTTP_ACCEPT', 'a', 'HTTP_COOKIE', 'x=1'],
        ...['HTTP_ACCEPT', 'b', 'HTTP_COOKIE', 'y=2'],
      ]),
    )
    expect(JSON.parse(bodyOf(await connection.end()))).toEqual(['a, b', 'x=1; y=2'])
  })

  it("provides the front end's own variables", async () => {
    await using gateway = await start(({ gateway }) => {
      const { variables } = gateway.native as UwsgiNative
      return json([
        gateway.name,
        variables.get('REMOTE_USER'),
        variables.has('PATH'),
        variables.has('HTTP_PROXY'),
      ])
    })
    const response = await gateway.exchange({
      REMOTE_USER: 'ada',
      PATH: '/usr/bin',
      HTTP_PROXY: 'http://evil',
    })
    expect(JSON.parse(bodyOf(response))).toEqual(['uwsgi', 'ada', false, false])
  })

  it('removes SCRIPT_NAME from PATH_INFO for modifier 30', async () => {
    await using gateway = await start(({ scriptName, pathInfo }) => json([scriptName, pathInfo]))
    const ask = async (PATH_INFO: string) => {
      using connection = gateway.connect()
      const variables = ['REQUEST_METHOD', 'GET', 'SCRIPT_NAME', '/app', 'PATH_INFO', PATH_INFO]
      connection.send(encodePacket(variables, { modifier1: 30 }))
      return JSON.parse(bodyOf(await connection.end()))
    }
    expect(await ask('/app/users')).toEqual(['/app', '/users'])
    const plain = { SCRIPT_NAME: '/app', REQUEST_URI: '', PATH_INFO: '/app/users' }
    expect(JSON.parse(bodyOf(await gateway.exchange(plain)))).toEqual(['/app', '/app/users'])
    expect(await ask('/application')).toEqual(['/app', '/application'])
  })
})

describe('a request is rejected', () => {
  const never = () => {
    throw new Error('the application was called')
  }

  it.each<[number, string, Record<string, string>]>([
    [400, 'a missing method', { REQUEST_METHOD: '' }],
    [400, 'an invalid method', { REQUEST_METHOD: 'GET /' }],
    [501, 'CONNECT', { REQUEST_METHOD: 'CONNECT' }],
    [501, 'TRACE', { REQUEST_METHOD: 'TRACE' }],
    [400, 'a missing path', { REQUEST_URI: '' }],
    [400, 'a path without a slash', { REQUEST_URI: 'users' }],
    [400, 'a PATH_INFO without a slash', { REQUEST_URI: '', PATH_INFO: 'users' }],
    [400, 'a space in the target', { REQUEST_URI: '/a b' }],
    [400, 'unencoded bytes in the target', { REQUEST_URI: '/caf\xc3\xa9' }],
    [400, 'a fragment', { REQUEST_URI: '/a#b' }],
    [400, 'a backslash', { REQUEST_URI: '/a\\b' }],
    [400, 'a NUL in the target', { REQUEST_URI: '/a\0b' }],
    [414, 'a long target', { REQUEST_URI: `/${'a'.repeat(8192)}` }],
    [400, 'a SCRIPT_NAME without a slash', { SCRIPT_NAME: 'app' }],
    [400, 'a malformed host', { HTTP_HOST: 'a b' }],
    [400, 'a host with a quote', { HTTP_HOST: "a'b" }],
    [400, 'a host with user information', { HTTP_HOST: 'user@example.org' }],
    [400, 'a malformed scheme', { REQUEST_SCHEME: 'ftp' }],
    [400, 'a NUL in a field', { HTTP_X: 'a\0b' }],
    [400, 'a line break in a field', { HTTP_X: 'a\r\nset-cookie: b=c' }],
    [400, 'a line break in the content type', { CONTENT_TYPE: 'a\nb' }],
    [400, 'an invalid field name', { 'HTTP_A:B': 'x' }],
    [411, 'a body without a length', { HTTP_TRANSFER_ENCODING: 'chunked' }],
    [400, 'an invalid length', { CONTENT_LENGTH: '1e3' }],
    [400, 'two lengths', { CONTENT_LENGTH: '1', HTTP_CONTENT_LENGTH: '2' }],
  ])('with %i for %s', async (status, _, variables) => {
    await using gateway = await start(never)
    const response = await gateway.exchange(variables)
    expect(statusOf(response)).toBe(status)
    expect(JSON.parse(bodyOf(response))).toMatchObject({ status })
    expect(gateway.errors).toEqual([])
  })

  it('with 431 for too many fields or variables', async () => {
    await using gateway = await start(never, { maxHeadersCount: 4 })
    const many = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, '']))
    expect(statusOf(await gateway.exchange(many('HTTP_X', 4)))).toBe(431)
    expect(statusOf(await gateway.exchange(many('X', 4)))).toBe(431)
  })

  it('with 400 for two Host fields, unless they name the same host', async () => {
    await using gateway = await start(({ host, headers }) => json([host, headers.get('host')]))
    const ask = async (first: string, second: string) => {
      using connection = gateway.connect()
      const hosts = ['HTTP_HOST', first, 'HTTP_HOST', second]
      connection.send(encodePacket(['REQUEST_METHOD', 'GET', 'REQUEST_URI', '/', ...hosts]))
      return await connection.end()
    }
    expect(statusOf(await ask('a.example', 'b.example'))).toBe(400)
    expect(bodyOf(await ask('a.example', 'A.example:8080'))).toBe('["a.example:8080","A.example:8080"]')
  })

  it('with 400 if it is not uwsgi', async () => {
    await using gateway = await start(never)
    using connection = gateway.connect()
    connection.send('GET / HTTP/1.1\r\nhost: example.org\r\n\r\n')
    const response = await connection.end()
    expect(statusOf(response)).toBe(400)
    expect(JSON.parse(bodyOf(response)).detail).toBe(
      'The packet has modifier 71, but only 0, 30 and 100 are supported.',
    )
  })

  it('with 408 if the packet does not arrive', async () => {
    await using gateway = await start(never, { headersTimeout: 30 })
    using silent = gateway.connect()
    using slow = gateway.connect()
    slow.send(request().subarray(0, 20))
    expect(statusOf(await silent.end())).toBe(408)
    expect(statusOf(await slow.end())).toBe(408)
  })

  it('or gets a response within the contract, whatever the variables contain', async () => {
    await using gateway = await start(({ host, scriptName, pathInfo, queryString, request, headers }) => {
      const url = new URL(request.url)
      const search = queryString === '' ? '' : `?${queryString}`
      return json({
        same:
          url.host === host &&
          url.pathname === scriptName + pathInfo &&
          [search, '?'].includes(url.search || '?'),
        fields: [...headers],
      })
    })
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    })
    const name = fc.constantFrom(
      ...[
        'REQUEST_METHOD',
        'REQUEST_URI',
        'SCRIPT_NAME',
        'PATH_INFO',
        'QUERY_STRING',
        'HTTPS',
        'REQUEST_SCHEME',
      ],
      ...[
        'HTTP_HOST',
        'SERVER_NAME',
        'SERVER_PORT',
        'REMOTE_ADDR',
        'SERVER_PROTOCOL',
        'CONTENT_TYPE',
        'HTTP_X',
      ],
    )
    const path = fc.stringMatching(/^\/[a-z%2eEfF./\\?#&=:@ ]{0,12}$/)
    const hostile = fc.dictionary(name, fc.oneof(text, path))
    await fc.assert(
      fc.asyncProperty(hostile, async (variables) => {
        const response = await gateway.exchange(variables)
        expect([200, 400, 501]).toContain(statusOf(response))
        expect(gateway.errors).toEqual([])
        if (statusOf(response) === 200) expect(JSON.parse(bodyOf(response)).same).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a corrupted packet', () => {
  it('gets a response or is rejected, and does not harm the gateway', async () => {
    const limits = { headersTimeout: 100, receiveTimeout: 100 }
    await using gateway = await start(async ({ request }) => json(await request.text()), limits)
    const packet = request({
      REQUEST_METHOD: 'POST',
      CONTENT_LENGTH: '4',
      SCRIPT_NAME: '/a',
      REQUEST_URI: '/a/b',
    })
    const change = fc.tuple(fc.nat(packet.length - 1), fc.integer({ min: 0, max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(packet)
        for (const [at, byte] of changes) bytes[at] = byte
        using connection = gateway.connect()
        const response = await connection.send(bytes).send('body').end()
        if (response === 'd\0\0\x01') expect(bytes[0]).toBe(100)
        else expect([200, 400, 408, 411, 501]).toContain(statusOf(response))
      }),
      { numRuns: 400 },
    )
    expect(gateway.errors).toEqual([])
    expect(statusOf(await gateway.exchange({}))).toBe(200)
  })
})

describe('a ping', () => {
  it('gets the same response as from uWSGI', async () => {
    await using gateway = await start(() => json(null))
    using connection = gateway.connect()
    connection.send(encodePacket([], { modifier1: 100 }))
    expect(await connection.end()).toBe('d\0\0\x01')
  })
})

describe('createUwsgiServer', () => {
  it.each([
    ['maxBodySize', -1],
    ['maxUrlLength', 0],
    ['maxHeadersCount', 1.5],
    ['headersTimeout', 0],
    ['receiveTimeout', -1],
    ['sendTimeout', '1'],
    ['requestTimeout', -1],
    ['gracefulTimeout', Number.NaN],
  ])('rejects %s: %s', (option, value) => {
    expect(() => createUwsgiServer(() => json(null), { [option]: value })).toThrow(
      new RegExp(`^createUwsgiServer: ${option} must be a .* got "?${value}"?$`),
    )
  })

  it('has the option multiprocess', async () => {
    for (const multiprocess of [true, false]) {
      await using gateway = await start(({ gateway }) => json(gateway.multiprocess), { multiprocess })
      expect(bodyOf(await gateway.exchange({}))).toBe(String(multiprocess))
    }
    expect(() => createUwsgiServer(() => json(null), { multiprocess: 1 as never })).toThrow(
      new TypeError('createUwsgiServer: multiprocess must be true or false, got 1'),
    )
  })

  it('rejects an invalid application, error log or option', () => {
    expect(() => createUwsgiServer(() => json(null), { maxBodysize: 1 } as never)).toThrow(
      new TypeError("createUwsgiServer: unknown option 'maxBodysize', did you mean 'maxBodySize'?"),
    )
    expect(() => createUwsgiServer(null as never)).toThrow(
      new TypeError('createUwsgiServer: the application must be a function, got null'),
    )
    expect(() => createUwsgiServer(() => json(null), { errors: 'log' as never })).toThrow(
      new TypeError('createUwsgiServer: errors must have a method write(problem), got "log"'),
    )
  })
})
