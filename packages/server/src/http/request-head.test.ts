import { json } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { start } from '../../test/start.ts'

const echo = () =>
  start(({ method, scheme, host, scriptName, pathInfo, queryString, request }) =>
    json({ method, scheme, host, scriptName, pathInfo, queryString, url: request.url }),
  )

const HOST = 'Host: example.com\r\n'

describe('the Host field', () => {
  it('is rejected with a problem document if it is malformed', async () => {
    await using server = await echo()
    const { status, headers, body } = await server.raw('GET / HTTP/1.1\r\nHost: a b\r\n\r\n')
    expect(status).toBe(400)
    expect(headers.get('connection')).toEqual(['close'])
    expect(headers.get('content-type')).toEqual(['application/problem+json'])
    expect(JSON.parse(body)).toMatchObject({ status: 400, title: 'Bad Request', type: 'about:blank' })
    expect(server.errors).toEqual([])
  })

  it('is required in HTTP/1.1', async () => {
    await using server = await echo()
    const { status, body } = await server.raw('GET / HTTP/1.1\r\n\r\n')
    expect(status).toBe(400)
    expect(JSON.parse(body).detail).toBe('The request has no Host field.')
  })

  it('is rejected if it is sent twice, even with the same value', async () => {
    await using server = await echo()
    for (const other of ['example.com', 'other.com']) {
      const { status, body } = await server.raw(`GET / HTTP/1.1\r\n${HOST}hOST: ${other}\r\n\r\n`)
      expect(status).toBe(400)
      expect(JSON.parse(body).detail).toBe('The request has more than one Host field.')
    }
  })

  it('defaults to the listening address in HTTP/1.0', async () => {
    await using server = await echo()
    const { status, body } = await server.raw('GET / HTTP/1.0\r\n\r\n')
    expect(status).toBe(200)
    expect(JSON.parse(body).host).toBe(`127.0.0.1:${server.port}`)
  })
})

describe('the request target', () => {
  it.each([
    ['/a/b?x=1&y=%20', '/a/b', 'x=1&y=%20'],
    ['//evil.example/x', '//evil.example/x', ''],
    ['/public/../admin', '/admin', ''],
    ['/q?"<>\'', '/q', '%22%3C%3E%27'],
  ])('%s is the path %s and the query %j, as in request.url', async (target, path, query) => {
    await using server = await echo()
    const { status, body } = await server.raw(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`)
    expect(status).toBe(200)
    const seen = JSON.parse(body)
    expect(seen).toMatchObject({ scriptName: '', pathInfo: path, queryString: query })
    const url = new URL(seen.url)
    expect([url.pathname, url.search.slice(1), url.host]).toEqual([path, query, 'example.com'])
  })

  it('takes precedence over the Host field in absolute-form', async () => {
    await using server = await echo()
    const { status, body } = await server.raw(`GET http://Other.example:80/a?b HTTP/1.1\r\n${HOST}\r\n`)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({
      host: 'other.example',
      pathInfo: '/a',
      queryString: 'b',
      url: 'http://other.example/a?b',
    })
  })

  it('replaces the Host field that the application reads in absolute-form', async () => {
    await using server = await start(({ host, headers, request }) =>
      json([host, headers.get('host'), request.headers.get('host')]),
    )
    const { body } = await server.raw(`GET http://other.example/ HTTP/1.1\r\n${HOST}\r\n`)
    expect(JSON.parse(body)).toEqual(['other.example', 'other.example', 'other.example'])
  })

  it('may omit the path in absolute-form', async () => {
    await using server = await echo()
    const { body } = await server.raw(`GET http://other.example?x HTTP/1.1\r\n${HOST}\r\n`)
    expect(JSON.parse(body)).toMatchObject({ pathInfo: '/', queryString: 'x' })
  })

  it('is rejected in absolute-form with user information, without a host, or with a malformed Host field', async () => {
    await using server = await echo()
    for (const head of [
      `GET http://user@other.example/ HTTP/1.1\r\n${HOST}`,
      `GET http:///x HTTP/1.1\r\n${HOST}`,
      'GET http://other.example/ HTTP/1.1\r\nHost: a@b\r\n',
    ]) {
      expect((await server.raw(`${head}\r\n`)).status).toBe(400)
    }
  })

  it('is rejected with 421 if it has the other scheme', async () => {
    await using server = await echo()
    expect((await server.raw(`GET https://example.com/ HTTP/1.1\r\n${HOST}\r\n`)).status).toBe(421)
  })

  it('has an empty path in asterisk-form', async () => {
    await using server = await echo()
    for (const target of ['*', 'http://example.com']) {
      const { status, body } = await server.raw(`OPTIONS ${target} HTTP/1.1\r\n${HOST}\r\n`)
      expect(status).toBe(200)
      expect(JSON.parse(body)).toMatchObject({ method: 'OPTIONS', pathInfo: '', queryString: '' })
    }
  })

  it('is rejected with 414 if it is too long', async () => {
    await using server = await start(() => json(1), { maxUrlLength: 20 })
    expect((await server.raw(`GET /${'a'.repeat(19)} HTTP/1.1\r\n${HOST}\r\n`)).status).toBe(200)
    expect((await server.raw(`GET /${'a'.repeat(20)} HTTP/1.1\r\n${HOST}\r\n`)).status).toBe(414)
  })
})

describe('the rest of the head', () => {
  it('is rejected with 501 if the method is CONNECT or TRACE', async () => {
    await using server = await echo()
    expect((await server.raw(`CONNECT example.com:443 HTTP/1.1\r\n${HOST}\r\n`)).status).toBe(501)
    expect((await server.raw(`TRACE / HTTP/1.1\r\n${HOST}\r\n`)).status).toBe(501)
  })

  it.each([
    [505, [' HTTP/2.0', ' HTTP/0.9', ' HTTP/1.2', ' HTTP/3.7', '']],
    [400, [' HTTP/1', ' HTTP/1.10', ' HTTP/01.1', ' HTTP/1.1 ', ' http/1.1', ' ', ' HTTP/1.1\x0b']],
  ])('is rejected with %i if the version is one of %j', async (status, versions) => {
    await using server = await echo()
    for (const version of versions) {
      expect([version, (await server.raw(`GET /${version}\r\n${HOST}\r\n`)).status]).toEqual([
        version,
        status,
      ])
    }
  })

  it('is rejected with 417 if it expects more than 100-continue', async () => {
    await using server = await echo()
    for (const expectation of ['100-continue, tea', 'x 100-continue', '100-continue;a=b', '']) {
      const head = `POST / HTTP/1.1\r\n${HOST}Expect: ${expectation}\r\nContent-Length: 0\r\n\r\n`
      expect([expectation, (await server.raw(head)).status]).toEqual([expectation, 417])
    }
  })

  it('is rejected with 431 if it has too many fields', async () => {
    await using server = await start(({ headers }) => json([...headers].length), { maxHeadersCount: 10 })
    const fields = (count: number) => Array.from({ length: count }, (_, n) => `x-${n}: 1\r\n`).join('')
    expect((await server.raw(`GET / HTTP/1.1\r\n${HOST}${fields(9)}\r\n`)).body).toBe('10')
    expect((await server.raw(`GET / HTTP/1.1\r\n${HOST}${fields(10)}\r\n`)).status).toBe(431)
  })

  it('is rejected with 501 if the body has a transfer coding besides chunked', async () => {
    await using server = await echo()
    const head = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n`
    expect((await server.raw(`${head}0\r\n\r\n`)).status).toBe(501)
  })

  it('is treated like any other request if it asks for an upgrade', async () => {
    await using server = await echo()
    const { status, headers } = await server.raw(
      `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    )
    expect(status).toBe(200)
    expect(headers.has('upgrade')).toBe(false)
  })
})
