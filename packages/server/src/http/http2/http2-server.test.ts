import { once } from 'node:events'
import { connect, constants, type ServerHttp2Stream } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { type Application, type Environ, HttpError, html, json, readBody, stream, text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../../test/certificate.ts'
import { Http2Client, read } from '../../../test/http2-client.ts'
import { type Started, start, until } from '../../../test/start.ts'
import type { ServeOptions } from '../../index.ts'

let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

/** Starts a server and connects one client to it. */
async function pair(app: Application, options: ServeOptions = {}) {
  const server = await start(app, { listen: 'https://127.0.0.1:0', tls: certificate.files, ...options })
  return Object.assign(new Pair(server, new Http2Client(server.url, certificate.ca)))
}

class Pair implements AsyncDisposable {
  readonly server: Started
  readonly client: Http2Client

  constructor(server: Started, client: Http2Client) {
    this.server = server
    this.client = client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.session.close()
    await this.server.server.close()
  }
}

const echo: Application = async (environ) => {
  const { method, scheme, host, protocol, pathInfo, queryString, remoteAddress, headers, gateway } = environ
  const { url } = environ.request
  return json({
    ...{ method, scheme, host, protocol, pathInfo, queryString, remoteAddress, url },
    gateway: gateway.name,
    headers: [...headers],
    body: await environ.request.text(),
  })
}

describe('a request over HTTP/2', () => {
  it('has the same environ as over HTTP/1.1', async () => {
    await using both = await pair(echo)
    const { port } = both.server
    const { body, status } = await both.client.request(
      {
        ':method': 'POST',
        ':path': '/a/../b%20c?d=é'.replace('é', '%C3%A9'),
        'x-one': '1',
        cookie: ['a=1', 'b=2'],
      },
      'content',
    )
    expect(status).toBe(200)
    expect(JSON.parse(String(body))).toEqual({
      method: 'POST',
      scheme: 'https',
      host: `127.0.0.1:${port}`,
      protocol: 'HTTP/2',
      pathInfo: '/b%20c',
      queryString: 'd=%C3%A9',
      remoteAddress: '127.0.0.1',
      url: `https://127.0.0.1:${port}/b%20c?d=%C3%A9`,
      gateway: 'node:http2',
      headers: [
        ['cookie', 'a=1; b=2'],
        ['host', `127.0.0.1:${port}`],
        ['x-one', '1'],
      ],
      body: 'content',
    })
  })

  it('takes its host from :authority or Host, and is rejected if they differ', async () => {
    await using both = await pair(({ host, headers }) => text(`${host} ${headers.get('host')}`))
    const named = async (headers: Record<string, string>) => {
      const { status, body } = await both.client.request(headers)
      return status === 200 ? String(body) : status
    }
    expect(await named({ ':authority': 'Example.com:443' })).toBe('example.com Example.com:443')
    expect(await named({ ':authority': 'a', host: 'a' })).toBe('a a')
    expect(await named({ ':authority': 'a', host: 'b' })).toBe(400)
    expect(await named({ ':authority': 'a%22' })).toBe(400)
  })

  it('is rejected as over HTTP/1.1, and the connection stays open for other requests', async () => {
    await using both = await pair(() => text('x'), {
      maxUrlLength: 20,
      maxHeadersCount: 8,
      maxHeaderSize: 1000,
    })
    const status = async (headers: Record<string, string | string[]>) => {
      const { headers: fields, body, status } = await both.client.request(headers)
      expect(fields['content-type']).toBe('application/problem+json')
      expect(fields.connection).toBe(undefined)
      expect(JSON.parse(String(body))).toMatchObject({ status })
      return status
    }
    expect(await status({ ':path': `/${'x'.repeat(20)}` })).toBe(414)
    expect(await status({ ':path': '/a\\b' })).toBe(400)
    expect(await status(Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`x-${at}`, ''])))).toBe(431)
    expect(await status({ x: 'x'.repeat(1000) })).toBe(431)
    expect(await status({ ':method': 'TRACE' })).toBe(501)
    expect(await status({ ':method': 'POST', expect: 'what' })).toBe(417)
    expect(
      (await both.client.request({ cookie: Array.from({ length: 9 }, (_, at) => `c${at}=`) })).status,
    ).toBe(200)
    // Far beyond the limit, Node resets the stream without a response.
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-${at}`, '']))
    await expect(both.client.request(many)).rejects.toThrow(/ENHANCE_YOUR_CALM/)
    expect((await both.client.request({})).status).toBe(200)
    expect(both.server.errors).toEqual([])
  })

  it('may get a header of up to 60 KiB, and gets 500 instead of a larger one', async () => {
    await using both = await pair(({ pathInfo }) =>
      text('x', { headers: { 'x-large': 'a'.repeat(Number(pathInfo.slice(1))) } }),
    )
    const large = await both.client.request({ ':path': '/61000' })
    expect([large.status, String(large.headers['x-large']).length]).toEqual([200, 61_000])
    for (const size of [61_440, 5_000_000]) {
      expect((await both.client.request({ ':path': `/${size}` })).status).toBe(500)
    }
    expect(both.server.errors).toEqual(
      [61_548, 5_000_108].map((size) =>
        expect.objectContaining({
          message: `The headers of the response have ${size} bytes, but must not exceed 61440`,
        }),
      ),
    )
  })

  it('is rejected if its method is CONNECT', async () => {
    await using both = await pair(() => text('x'))
    const tunnel = both.client.open({ ':method': 'CONNECT', ':authority': 'a:1' })
    expect((await read(tunnel)).status).toBe(501)
  })

  it('gets 100 Continue only when its body is read', async () => {
    await using both = await pair(async ({ pathInfo, request }) =>
      text(pathInfo === '/read' ? await request.text() : 'no'),
    )
    const wanted = both.client.open({ ':method': 'POST', ':path': '/read', expect: '100-continue' })
    wanted.on('continue', () => wanted.end('body'))
    expect(String((await read(wanted)).body)).toBe('body')
    const unwanted = both.client.open({ ':method': 'POST', ':path': '/leave', expect: '100-continue' })
    unwanted.on('continue', () => unwanted.destroy(new Error('told to go on')))
    expect(String((await read(unwanted)).body)).toBe('no')
  })
})

describe('a request body over HTTP/2', () => {
  it('is received no faster than the application reads', async () => {
    let go = () => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    await using both = await pair(async ({ request }) => {
      const reader = request.body!.getReader()
      await reader.read()
      await held
      let size = 0
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return text(String(size))
        size += value.byteLength
      }
    })
    const upload = both.client.open({ ':method': 'POST' })
    const answer = read(upload)
    const chunk = Buffer.alloc(64 * 1024)
    let sent = 0
    while (upload.write(chunk)) sent += chunk.byteLength
    upload.end(Buffer.alloc(4 * 1024 * 1024))
    // The waiting request does not block other requests.
    expect((await fetchStatus(both.client)).status).toBe(400)
    expect(upload.writableFinished).toBe(false)
    go()
    expect(Number((await answer).body)).toBeGreaterThan(4 * 1024 * 1024 + sent)
  })

  const fetchStatus = (client: Http2Client) => client.request({ ':authority': 'a%22' })

  it('may be empty, and may be read later', async () => {
    await using both = await pair(async ({ request, pathInfo }) => {
      await turnOfLoop()
      await turnOfLoop()
      return pathInfo === '/whole' ? text(await request.text()) : new Response(request.body)
    })
    for (const path of ['/whole', '/stream']) {
      const upload = both.client.open({ ':method': 'POST', ':path': path })
      // Unlike a request without a body, it ends with an empty DATA frame.
      upload.end('')
      const { status, body } = await read(upload)
      expect([status, body.byteLength]).toEqual([200, 0])
    }
  })

  it('over the limit fails with 413', async () => {
    await using both = await pair(async ({ request }) => text(await request.text()), { maxBodySize: 10 })
    for (const headers of [{}, { 'content-length': '11' }]) {
      const { status } = await both.client.request({ ':method': 'POST', ...headers }, 'x'.repeat(11))
      expect(status).toBe(413)
    }
    expect((await both.client.request({ ':method': 'POST' }, 'x'.repeat(10))).status).toBe(200)
  })

  it('that takes too long fails with 408', async () => {
    await using both = await pair(async ({ request }) => text(await request.text()), {
      headersTimeout: 50,
      receiveTimeout: 50,
    })
    const slow = both.client.open({ ':method': 'POST' })
    slow.write('begun')
    expect((await read(slow)).status).toBe(408)
  })

  it('that is reset fails instead of ending early', async () => {
    const failures: unknown[] = []
    let arrived = 0
    await using both = await pair(async ({ request }) => {
      arrived++
      await request.text().catch((error: unknown) => failures.push(error))
      return text('')
    })
    const upload = both.client.open({ ':method': 'POST' })
    upload.on('error', () => {})
    upload.write('part')
    await until(() => arrived === 1)
    // Node's `close` would end it first.
    upload.destroy(new Error('gone'))
    await until(() => failures.length === 1)
    expect(failures.every((error) => error instanceof HttpError && error.status === 400)).toBe(true)
  })

  it('that is not read is discarded, and the response still arrives', async () => {
    await using both = await pair(async ({ request, pathInfo }) => {
      if (pathInfo === '/some') await request.body!.getReader().read()
      return pathInfo === '/streamed' ? stream(['x'.repeat(100_000)]) : text('x'.repeat(100_000))
    })
    for (const path of ['/none', '/some', '/streamed']) {
      const upload = both.client.open({ ':method': 'POST', ':path': path })
      upload.on('error', () => {})
      upload.write(Buffer.alloc(1_000_000))
      expect((await read(upload)).body.byteLength).toBe(100_000)
    }
  })
})

describe('a response over HTTP/2', () => {
  it('has all fields except those of the connection', async () => {
    await using both = await pair(() => {
      const response = html('<p>Grüße', {
        status: 201,
        headers: { 'x-bytes': 'caf\xe9' },
      })
      response.headers.append('set-cookie', 'a=1')
      response.headers.append('set-cookie', 'b=2')
      return response
    })
    const { headers, status, body } = await both.client.request({})
    expect(status).toBe(201)
    expect(String(body)).toBe('<p>Grüße')
    expect(headers).toMatchObject({
      'content-length': '10',
      'x-bytes': 'caf\xe9',
      'set-cookie': ['a=1', 'b=2'],
    })
    expect(headers.date).toMatch(/ GMT$/)
    expect(headers.connection).toBe(undefined)
    expect(both.server.errors).toEqual([])
  })

  it('has no body for HEAD, 204 and 304', async () => {
    await using both = await pair(({ pathInfo }) =>
      pathInfo === '/' ? text('12345') : new Response(null, { status: Number(pathInfo.slice(1)) }),
    )
    const head = await both.client.request({ ':method': 'HEAD' })
    expect([head.headers['content-length'], head.body.byteLength]).toEqual(['5', 0])
    expect((await both.client.request({ ':path': '/204' })).status).toBe(204)
    expect((await both.client.request({ ':path': '/304' })).status).toBe(304)
  })

  it('is sent no faster than its client reads, without delaying other responses', async () => {
    let made = 0
    await using both = await pair(({ pathInfo }) =>
      pathInfo === '/small'
        ? text('small')
        : stream(
            (async function* () {
              for (; made < 400; made++) yield new Uint8Array(64 * 1024)
            })(),
          ),
    )
    const download = both.client.open({ ':path': '/large' })
    download.end()
    await once(download, 'response')
    for (let at = 0; at < 20; at++) {
      expect(String((await both.client.request({ ':path': '/small' })).body)).toBe('small')
    }
    expect(made).toBeLessThan(100)
    let size = 0
    download.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
    })
    await once(download, 'end')
    expect(size).toBe(400 * 64 * 1024)
  })

  it('is reset if its stream fails, instead of ending early', async () => {
    await using both = await pair(() =>
      stream(
        (async function* () {
          yield 'begun'
          await new Promise((resolve) => setTimeout(resolve, 20))
          throw new Error('broken source')
        })(),
      ),
    )
    await expect(both.client.request({})).rejects.toThrow(/INTERNAL_ERROR/)
    expect(both.server.errors.map(String)).toEqual(['Error: broken source'])
  })

  it('that its client resets aborts the signal, cancels the stream and resolves finished', async () => {
    const heard: string[] = []
    await using both = await pair(({ signal, finished }) => {
      signal.addEventListener('abort', () => heard.push('abort'))
      finished.then(({ aborted }) => heard.push(`finished ${aborted}`))
      return new Response(
        new ReadableStream<Uint8Array>({
          pull: async (controller) => controller.enqueue(new Uint8Array(10)),
          cancel: () => void heard.push('cancel'),
        }),
        { headers: { 'content-type': 'application/octet-stream' } },
      )
    })
    const download = both.client.open({})
    download.on('error', () => {})
    await once(download, 'response')
    download.close(constants.NGHTTP2_CANCEL)
    await until(() => heard.length === 3)
    expect(heard.sort()).toEqual(['abort', 'cancel', 'finished true'])
    expect(both.server.errors).toEqual([])
  })

  it('that was sent completely does not abort the signal later', async () => {
    const heard: unknown[] = []
    await using both = await pair(({ signal, finished }) => {
      signal.addEventListener('abort', () => heard.push('abort'))
      finished.then(({ aborted, bytes }) => heard.push({ aborted, bytes }))
      return text('12345')
    })
    await both.client.request({})
    await until(() => heard.length > 0)
    both.client.session.destroy()
    await both.server.server.close()
    expect(heard).toEqual([{ aborted: false, bytes: 5 }])
  })

  it('on a lost connection aborts each request', async () => {
    let aborted = 0
    await using both = await pair(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted++
            resolve(text('late'))
          })
        }),
    )
    for (let at = 0; at < 3; at++) both.client.open({}).on('error', () => {})
    await until(() => both.client.session.state.localWindowSize !== undefined)
    await new Promise((resolve) => both.client.session.ping(resolve))
    both.client.session.destroy()
    await until(() => aborted === 3)
    expect(both.server.errors).toEqual([])
  })

  it('that the client does not read is reset after sendTimeout', async () => {
    await using both = await pair(
      ({ finished }) => {
        finished.then(({ aborted }) => ended.push(aborted))
        return text('x'.repeat(10_000_000))
      },
      { sendTimeout: 50 },
    )
    const ended: boolean[] = []
    const stalled = both.client.open({})
    stalled.on('error', () => {})
    await until(() => ended.length === 1)
    expect(ended).toEqual([true])
  })
})

describe.each([
  ['CANCEL', constants.NGHTTP2_CANCEL],
  ['NO_ERROR', constants.NGHTTP2_NO_ERROR],
])('a client that resets its stream with %s', (_, code) => {
  it('aborts the signal, cancels the body and counts as disconnected', async () => {
    const heard: string[] = []
    await using both = await pair(
      ({ signal, finished, pathInfo }) => {
        signal.addEventListener('abort', () => heard.push('abort'))
        finished.then(({ aborted }) => heard.push(`finished ${aborted}`))
        if (pathInfo === '/waiting') return new Promise(() => {})
        return new Response(
          new ReadableStream<Uint8Array>({
            pull: (controller) => controller.enqueue(new Uint8Array(10)),
            cancel: () => void heard.push('cancel'),
          }),
          { headers: { 'content-type': 'application/octet-stream' } },
        )
      },
      { gracefulTimeout: 100 },
    )
    const download = both.client.open({})
    download.on('error', () => {})
    await once(download, 'response')
    download.close(code)
    await until(() => heard.length === 3)
    expect(heard.sort()).toEqual(['abort', 'cancel', 'finished true'])
    const waiting = both.client.open({ ':path': '/waiting' })
    waiting.on('error', () => {})
    await new Promise((resolve) => both.client.session.ping(resolve))
    waiting.close(code)
    await until(() => heard.length === 5)
    expect(heard.slice(3).sort()).toEqual(['abort', 'finished true'])
    expect(both.server.errors).toEqual([])
  })

  it('counts as disconnected in the middle of an upload, too', async () => {
    const heard: unknown[] = []
    await using both = await pair(async (environ) => {
      environ.finished.then(({ aborted }) => heard.push(aborted))
      const reader = environ.request.body!.getReader()
      await reader.read()
      await new Promise((resolve) => environ.signal.addEventListener('abort', resolve))
      return text('late')
    })
    const upload = both.client.open({ ':method': 'POST' })
    upload.on('error', () => {})
    upload.write(new Uint8Array(30_000))
    await new Promise((resolve) => both.client.session.ping(resolve))
    upload.close(code)
    await until(() => heard.length === 1)
    expect(heard).toEqual([true])
  })
})

describe('an incompletely read upload over HTTP/2', () => {
  it.each<[string, (environ: Environ) => Promise<Response>]>([
    [
      'read once',
      async ({ request }) => {
        await request.body!.getReader().read()
        return text('enough')
      },
    ],
    [
      'cancelled',
      async ({ request }) => {
        await request.body!.cancel()
        return text('enough')
      },
    ],
    [
      'too large',
      async (environ) => {
        await readBody(environ, 10)
        return text('')
      },
    ],
    ['refused', async () => text('')],
  ])('that is %s leaves no stream open', async (kind, app) => {
    const both = await pair(app, { gracefulTimeout: 60_000 })
    for (let at = 0; at < 120; at++) {
      const upload = both.client.open({
        ':method': 'POST',
        ...(kind === 'refused' && { ':path': '/a\\b' }),
      })
      upload.on('error', () => {})
      const closed = once(upload, 'close')
      upload.write(new Uint8Array(30_000))
      const [headers] = (await once(upload, 'response')) as [{ ':status'?: number }]
      expect(headers[':status']).toBe({ 'too large': 413, refused: 400 }[kind] ?? 200)
      upload.resume()
      await closed
    }
    await both.server.server.close()
    both.client[Symbol.dispose]()
  })
})

describe('an HTTP/2 client that disconnects', () => {
  it('with unread responses does not keep its connection open', async () => {
    const server = await start(() => text('x'.repeat(5_000)), {
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
      sendTimeout: 300,
      gracefulTimeout: 60_000,
    })
    for (let at = 0; at < 30; at++) {
      const socket = connectTcp(server.port, '127.0.0.1')
      const secure = connectTls({ socket, ca: certificate.ca, ALPNProtocols: ['h2'] })
      secure.on('error', () => {})
      socket.on('error', () => {})
      await once(secure, 'secureConnect')
      const session = connect(server.url, { createConnection: () => secure })
      session.on('error', () => {})
      for (let n = 0; n < 85; n++) {
        const stream = session.request({ ':path': '/', 'x-a': 'a'.repeat(1000) })
        stream.on('error', () => {})
        stream.pause()
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (at % 2 === 0) socket.resetAndDestroy()
      else socket.destroy()
    }
    await server.server.close()
  }, 60_000)

  it('does not end the process if its session is destroyed before its socket', async () => {
    const uncaught: unknown[] = []
    const keep = (error: unknown) => uncaught.push(error)
    process.on('uncaughtException', keep)
    let isDestroyed = false
    const server = await start(
      ({ gateway }) => {
        const { stream } = (gateway.native as { incoming: { stream: ServerHttp2Stream } }).incoming
        setTimeout(() => {
          stream.session?.destroy()
          isDestroyed = true
        }, 50)
        return text('x'.repeat(20_000_000))
      },
      { listen: 'https://127.0.0.1:0', tls: certificate.files, keepAliveTimeout: 1, gracefulTimeout: 100 },
    )
    const socket = connectTls({
      ...{ port: server.port, host: '127.0.0.1', ca: certificate.ca, ALPNProtocols: ['h2'] },
    })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    socket.pause()
    // Open the largest windows, and send one request.
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    socket.write(frame(4, 0, 0, [0, 4, 0x7f, 0xff, 0xff, 0xff]))
    socket.write(frame(8, 0, 0, [0x7f, 0, 0, 0]))
    socket.write(frame(1, 5, 1, [0x82, 0x87, 0x84, 0x01, 1, 0x61]))
    await until(() => isDestroyed)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await server.server.close()
    process.off('uncaughtException', keep)
    expect(uncaught).toEqual([])
  })
})

/** Encodes an HTTP/2 frame (RFC 9113 §4.1). */
function frame(type: number, flags: number, stream: number, payload: readonly number[]): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, Buffer.from(payload)])
}

describe('an HTTP/2 connection', () => {
  it('carries many concurrent requests', async () => {
    await using both = await pair(async ({ pathInfo }) => {
      await new Promise((resolve) => setImmediate(resolve))
      return text(pathInfo)
    })
    const paths = Array.from({ length: 500 }, (_, at) => `/${at}`)
    const bodies = await Promise.all(
      paths.map(async (path) => String((await both.client.request({ ':path': path })).body)),
    )
    expect(bodies).toEqual(paths)
  })

  it('is closed with GOAWAY when idle for keepAliveTimeout, or without a request within headersTimeout', async () => {
    await using both = await pair(() => text('x'), { keepAliveTimeout: 20 })
    await both.client.request({})
    await both.client.closed
    expect(both.client.goodbyes).toHaveLength(1)
    await using silent = await pair(() => text('x'), { headersTimeout: 50 })
    await silent.client.closed
  })

  it('stays open while a response is slow', async () => {
    await using both = await pair(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        return text('slow')
      },
      { keepAliveTimeout: 10, headersTimeout: 30 },
    )
    expect(String((await both.client.request({})).body)).toBe('slow')
  })

  it('is closed with GOAWAY by close(), after the requests in flight', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const both = await pair(
      async ({ pathInfo }) => {
        if (pathInfo === '/slow') await promise
        return text(pathInfo)
      },
      { gracefulTimeout: 60_000 },
    )
    const slow = both.client.request({ ':path': '/slow' })
    await both.client.request({ ':path': '/other' })
    const closed = both.server.server.close()
    await until(() => both.client.goodbyes.length > 0)
    resolve()
    expect(String((await slow).body)).toBe('/slow')
    await closed
    await both.client.closed
    // The second request was the last one that the server accepted.
    expect(both.client.goodbyes).toEqual([3])
  })

  it('is cut off by close() if responses take too long', async () => {
    const both = await pair(() => new Promise<never>(() => {}), { gracefulTimeout: 50 })
    const never = both.client.request({}).catch((error: unknown) => error)
    await new Promise((resolve) => both.client.session.ping(resolve))
    await both.server.server.close()
    expect(await never).toBeInstanceOf(Error)
  })
})
