import { Writable } from 'node:stream'
import { stream, text } from '@tsgi/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../test/certificate.ts'
import { Http2Client } from '../../test/http2-client.ts'
import { engine, serve } from '../../test/serve.ts'
import { start, until } from '../../test/start.ts'
import { tricky } from '../../test/tricky.ts'
import type { AccessLogFormat, ServeOptions } from '../index.ts'
import { type Access, combinedLine } from './access-log.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/
const access: Access = {
  requestId: 'id',
  remoteAddress: '10.0.0.1',
  method: 'GET',
  url: '/a?b',
  protocol: 'HTTP/1.1',
  host: 'a',
  status: 200,
  bytes: 5,
  duration: 1,
  aborted: false,
  referer: undefined,
  userAgent: undefined,
}

function collect(format: AccessLogFormat) {
  const lines: string[] = []
  return { lines, options: { accessLog: format, accessLogTo: { write: (line: string) => lines.push(line) } } }
}

let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

describe('the combined format', () => {
  it('is the format of Apache and nginx, followed by the request id', () => {
    const line = combinedLine(
      { ...access, referer: 'http://a/"', userAgent: 'é\n\x1b[31m\\' },
      new Date('2026-01-02T03:04:05Z'),
    )
    expect(line).toBe(
      '10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /a?b HTTP/1.1" 200 5 "http://a/\\x22" "\\xc3\\xa9\\x0a\\x1b[31m\\x5c" "id"\n',
    )
    expect(combinedLine({ ...access, remoteAddress: '' }, new Date(0))).toMatch(/^- - - \[01\/Jan\/1970:/)
  })

  it('is one line with a fixed number of fields, even for hostile requests', () => {
    fc.assert(
      fc.property(
        fc.record({ url: tricky, referer: tricky, userAgent: fc.string({ unit: 'binary' }) }),
        (sent) => {
          expect(combinedLine({ ...access, ...sent }, new Date())).toMatch(
            /^10\.0\.0\.1 - - \[[^\]"]+\] "[ !#-[\]-~\\]*" 200 5 "[ -!#-~]*" "[ -!#-~]*" "id"\n$/,
          )
        },
      ),
    )
  })
})

describe('the access log', () => {
  it('has a line for each response, over HTTP/1.1 and HTTP/2', async () => {
    const { lines, options } = collect('combined')
    await using server = await start(({ pathInfo }) => text(pathInfo), {
      ...options,
      listen: ['http://127.0.0.1:0', 'https://127.0.0.1:0'],
      trustProxy: 1,
      tls: certificate.files,
    })
    await fetch(`${server.url}/one?q=1`, { headers: { 'user-agent': 'test', referer: 'http://b/' } })
    using client = new Http2Client(server.server.addresses[1]!, certificate.ca)
    await client.request({ ':path': '/two', ':method': 'HEAD', 'x-request-id': 'two' })
    await until(() => lines.length === 2)
    expect(lines[0]).toMatch(
      /^127\.0\.0\.1 - - \[.*\] "GET \/one\?q=1 HTTP\/1\.1" 200 4 "http:\/\/b\/" "test" "[-\da-f]{36}"\n$/,
    )
    expect(lines[1]).toMatch(/"HEAD \/two HTTP\/2" 200 0 "-" "-" "two"\n$/)
  })

  it('can be JSON that tools for pino understand', async () => {
    const { lines, options } = collect('json')
    await using server = await start(
      () =>
        stream(
          (async function* () {
            yield 'a'
            await new Promise((resolve) => setTimeout(resolve, 20))
            yield 'b'
          })(),
        ),
      { ...options, trustProxy: 1 },
    )
    await (
      await fetch(`${server.url}/s`, { headers: { 'user-agent': '"\xe9', 'x-request-id': 'a.b:c-1_2' } })
    ).text()
    await until(() => lines.length === 1)
    expect(lines[0]).toMatch(/^[^\n]*\n$/)
    const line = JSON.parse(lines[0]!)
    expect(line).toMatchObject({
      level: 30,
      requestId: 'a.b:c-1_2',
      remoteAddress: '127.0.0.1',
      method: 'GET',
      url: '/s',
      protocol: 'HTTP/1.1',
      host: new URL(server.url).host,
      status: 200,
      bytes: 2,
      aborted: false,
      userAgent: '"\xe9',
    })
    expect(line.duration).toBeGreaterThan(10)
    expect(Date.parse(line.time)).toBeGreaterThan(0)
  })

  it.each([
    ['nonsense\r\n\r\n', 400],
    [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n`, engine === 'node' ? 431 : 414],
    ['GET / HTTP/1.1\r\nHo', 408],
  ])('includes bytes that are not a request: %.10j', async (bytes, status) => {
    const { lines, options } = collect('combined')
    await using server = await start(() => text(''), {
      ...options,
      headersTimeout: status === 408 ? 1_000 : 10_000,
    })
    const { headers } = await server.raw(bytes)
    const id = headers.get('x-request-id')?.[0]
    expect(lines).toEqual([expect.stringMatching(`"- - -" ${status} \\d+ "-" "-" "${id}"\n$`)])
  })

  it('includes CONNECT with its target', async () => {
    const { lines, options } = collect('combined')
    await using server = await start(() => text(''), options)
    await server.raw('CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n')
    expect(lines).toEqual([expect.stringContaining('"CONNECT a:443 HTTP/1.1" 501 ')])
  })

  it('includes rejected and failed requests, and those whose client disconnected', async () => {
    const { lines, options } = collect('json')
    let arrived = false
    await using server = await start(({ pathInfo, signal }) => {
      arrived = true
      if (pathInfo === '/broken') throw new Error('broken')
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(text('late'))))
    }, options)
    const refused = await server.raw('GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(refused.status).toBe(400)
    await fetch(`${server.url}/broken`)
    arrived = false
    using client = server.connect()
    client.send('GET /left HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => arrived)
    client.socket.destroy()
    await until(() => lines.length === 3)
    const parsed = lines.map((line) => JSON.parse(line))
    expect(parsed).toMatchObject([
      { url: '/a\\b', status: 400, aborted: false, requestId: refused.headers.get('x-request-id')?.[0] },
      { url: '/broken', status: 500, aborted: false },
      { url: '/left', status: 499, aborted: true, bytes: 0 },
    ])
  })

  it('is reported if it fails, without affecting requests', async () => {
    const failure = new Error('disk full')
    const sinks = [
      {
        write() {
          throw failure
        },
      },
      { write: () => Promise.reject(failure) },
    ]
    for (const [at, accessLog] of (['json', 'combined'] as const).entries()) {
      const accessLogTo = sinks[at]!
      await using server = await start(() => text('x'), { accessLog, accessLogTo })
      expect((await fetch(server.url)).status).toBe(200)
      expect((await fetch(server.url)).status).toBe(200)
      await until(() => server.errors.length === 1)
      expect(server.errors).toMatchObject([
        {
          message: 'The access log cannot be written: lines are lost',
          cause: { message: 'disk full' },
        },
      ])
    }
  })

  it('does not end the process if its stream fails', async () => {
    const accessLogTo = new Writable({
      emitClose: false,
      autoDestroy: false,
      write: (_, __, done) => done(new Error('ENOSPC')),
    })
    await using server = await start(() => text('x'), { accessLog: 'combined', accessLogTo })
    for (let n = 0; n < 3; n++) expect((await fetch(server.url)).status).toBe(200)
    await until(() => server.errors.length === 1)
    expect(server.errors).toMatchObject([{ cause: { message: 'ENOSPC' } }])
  })

  it('loses lines while the sink does not keep up, and says so once', async () => {
    const MIB = 1024 * 1024
    const lines: string[] = []
    const sink = { write: (line: string) => lines.push(line), writableLength: 17 * MIB }
    await using server = await start(() => text('x'), { accessLog: 'json', accessLogTo: sink })
    for (const [pending, count] of [
      [17 * MIB, 0],
      [10 * MIB, 0],
      [1 * MIB, 1],
    ] as const) {
      sink.writableLength = pending
      for (let n = 0; n < 2; n++) await fetch(server.url, { headers: { connection: 'close' } })
      await until(() => lines.length >= count)
      expect(server.errors).toMatchObject([
        { message: 'The access log is not read fast enough: lines are lost' },
      ])
    }
  })

  it('rejects invalid options by name', async () => {
    for (const options of [
      { accessLog: 'common' },
      { accessLog: true },
      { accessLogTo: process.stdout },
      { accessLog: 'json', accessLogTo: {} },
      { accessLog: 'json', accessLogTo: null },
    ] as ServeOptions[]) {
      await expect(serve(() => text(''), options)).rejects.toThrow(/^serve: accessLog(?:To)? must /)
    }
  })
})

describe('the request id', () => {
  it('comes from a trusted proxy if it is well-formed, and is new otherwise', async () => {
    const { options } = collect('json')
    await using server = await start(
      ({ headers, request }) => {
        const id = headers.get('x-request-id')
        return text(id === request.headers.get('x-request-id') ? String(id) : 'differs')
      },
      { ...options, trustProxy: 1 },
    )
    const ids = async (field: string) => {
      const { body, headers } = await server.raw(`GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n`)
      expect(headers.get('x-request-id')).toEqual([body])
      return body
    }
    expect(await ids('X-Request-Id: abc-123\r\n')).toBe('abc-123')
    const made = new Set<string>()
    for (const field of [
      '',
      'X-Request-Id: \r\n',
      'X-Request-Id: a b\r\n',
      'X-Request-Id: "a"\r\n',
      'X-Request-Id: a\r\nX-Request-Id: b\r\n',
      `X-Request-Id: ${'a'.repeat(129)}\r\n`,
      'X-Request-Id: \xe9\r\n',
    ]) {
      const id = await ids(field)
      expect(id).toMatch(UUID)
      made.add(id)
    }
    expect(made.size).toBe(7)
  })

  it('is new if the client is not a trusted proxy', async () => {
    for (const trustProxy of [false, ['192.0.2.1']] as const) {
      const { options } = collect('json')
      await using server = await start(({ headers }) => text(String(headers.get('x-request-id'))), {
        ...options,
        trustProxy,
      })
      const { body } = await server.raw('GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-123\r\n\r\n')
      expect(body).toMatch(UUID)
    }
  })

  it('can be replaced by the application in the response', async () => {
    const { options } = collect('json')
    await using server = await start(() => text('', { headers: { 'x-request-id': 'mine' } }), options)
    expect((await server.raw('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).headers.get('x-request-id')).toEqual([
      'mine',
    ])
  })

  it('is not added without an access log', async () => {
    await using server = await start(({ headers }) => text(String(headers.get('x-request-id'))))
    const { headers, body } = await server.raw('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect([headers.get('x-request-id'), body]).toEqual([undefined, 'null'])
  })
})
