import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { json, mount, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scratch, start, statusOf, until } from '../../test/start.ts'
import { type UwsgiNative, uwsgiProxy } from '../index.ts'

/** A backend on TCP or on a Unix socket whose every action is controlled by the test. */
async function raw(behave: (socket: Socket) => void, path?: string) {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    behave(socket)
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  const address = server.address()
  return {
    socket: typeof address === 'string' ? `uwsgi:${address}` : `uwsgi://127.0.0.1:${address!.port}`,
    sockets,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** A backend that responds to every packet with these bytes and closes. */
const responding = (bytes: string) =>
  raw((socket) => socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1'))))

const quiet = { errors: { write() {} } }

describe('uwsgiProxy', () => {
  it('sends the variables of CGI', async () => {
    await using backend = await start(({ gateway, headers, request }) => {
      const { variables } = gateway.native as UwsgiNative
      return json({
        variables: Object.fromEntries(variables),
        accept: headers.get('accept'),
        url: request.url,
      })
    })
    const legacy = mount('/caf%C3%A9', uwsgiProxy({ socket: backend.address }))
    const web = client(
      legacy(() => text('')),
      { baseUrl: 'https://example.org:8443', remoteAddress: '192.0.2.9' },
    )
    const response = await web.get('/caf%C3%A9/a%2Fb?q=%20', {
      headers: {
        accept: 'a/b',
        connection: 'x-drop, close',
        'x-drop': '1',
        x_under: '1',
        proxy: 'http://evil.example',
        te: 'trailers',
        'x-kept': '1',
      },
    })
    expect(await response.json()).toEqual({
      accept: 'a/b',
      url: 'https://example.org:8443/caf%C3%A9/a%2Fb?q=%20',
      variables: {
        REQUEST_METHOD: 'GET',
        REQUEST_URI: '/caf%C3%A9/a%2Fb?q=%20',
        SCRIPT_NAME: '/caf\xc3\xa9',
        PATH_INFO: '/a/b',
        QUERY_STRING: 'q=%20',
        CONTENT_TYPE: '',
        CONTENT_LENGTH: '',
        SERVER_PROTOCOL: 'HTTP/1.1',
        REQUEST_SCHEME: 'https',
        HTTPS: 'on',
        SERVER_NAME: 'example.org',
        SERVER_PORT: '8443',
        REMOTE_ADDR: '192.0.2.9',
        HTTP_HOST: 'example.org:8443',
        HTTP_ACCEPT: 'a/b',
        HTTP_X_KEPT: '1',
      },
    })
  })

  it('streams the request body, here over a Unix socket', async () => {
    using folder = scratch()
    await using backend = await start(async ({ request }) => text(await request.text()), {
      path: `${folder.path}/app.sock`,
    })
    const web = client(uwsgiProxy({ socket: backend.address }))
    const body = 'x'.repeat(1_000_000)
    const response = await web.post('/', { body, headers: { 'content-length': '1000000' } })
    expect(await response.text()).toBe(body)
  })

  it('streams the response body', async () => {
    let next: (() => void) | undefined
    await using backend = await start(() =>
      stream(
        (async function* () {
          yield 'one'
          await new Promise<void>((resolve) => {
            next = resolve
          })
          yield 'two'
        })(),
      ),
    )
    const response = await client(uwsgiProxy({ socket: backend.address })).get('/')
    const reader = response.body!.getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('one')
    await until(() => next !== undefined)
    next!()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('two')
    expect((await reader.read()).done).toBe(true)
  })

  it('keeps every Set-Cookie and removes hop-by-hop fields', async () => {
    using backend = await responding(
      'HTTP/1.0 200 Fine\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\nConnection: close, X-Drop\r\nX-Drop: 1\r\n' +
        'Keep-Alive: 5\r\nContent-Type: text/plain\r\nX-Kept: caf\xe9\r\n\r\nbody',
    )
    const response = await client(uwsgiProxy({ socket: backend.socket })).get('/')
    expect(response.status).toBe(200)
    expect(response.statusText).toBe('Fine')
    expect([...response.headers]).toEqual([
      ['content-type', 'text/plain'],
      ['set-cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2'],
      ['x-kept', 'caf\xe9'],
    ])
    expect(await response.text()).toBe('body')
  })

  it.each([
    ['204 No Content', '\r\nContent-Type: a/b\r\nContent-Length: 0'],
    ['304 Not Modified', '\r\nContent-Type: a/b\r\nETag: "x"'],
  ])('ignores the body of %s', async (status, fields) => {
    using backend = await responding(`HTTP/1.1 ${status}${fields}\r\n\r\nstray`)
    const response = await client(uwsgiProxy({ socket: backend.socket })).get('/')
    expect(`${response.status} ${response.statusText}`).toBe(status)
    expect(response.body).toBeNull()
    expect(response.headers.has('content-type')).toBe(false)
  })

  it('ignores the body of a response to HEAD', async () => {
    using backend = await responding('HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\nstray')
    const response = await client(uwsgiProxy({ socket: backend.socket })).head('/')
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('')
  })

  it('skips interim responses, accepts bare LF, and adds a missing Content-Type', async () => {
    using backend = await responding(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\nX: y\n\nHTTP/1.1 200\nX: z\n\nbody',
    )
    const response = await client(uwsgiProxy({ socket: backend.socket })).get('/')
    expect([...response.headers]).toEqual([
      ['content-type', 'application/octet-stream'],
      ['x', 'z'],
    ])
    expect(await response.text()).toBe('body')
  })

  it('reads no more than Content-Length and then closes the connection', async () => {
    using backend = await raw((socket) =>
      socket.once('data', () =>
        socket.resume().write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodysurplus'),
      ),
    )
    const response = await client(uwsgiProxy({ socket: backend.socket })).get('/')
    expect(await response.text()).toBe('body')
    const [socket] = backend.sockets
    await until(() => socket!.readableEnded)
  })
})

describe('a backend that misbehaves', () => {
  it.each([
    ['no response', ''],
    ['an incomplete head', 'HTTP/1.1 200 OK\r\nX: y'],
    ['a response without a status line', 'Content-Type: text/plain\r\n\r\nbody'],
    ['an invalid status', 'HTTP/1.1 999 Odd\r\n\r\n'],
    ['status 101', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a field without a colon', 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['a carriage return inside a line', 'HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nX : a\r\n\r\n'],
    ['two different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['an invalid length', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na'],
    ['a Transfer-Encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'X: yyyyyyyy\r\n'.repeat(10_000)}`],
  ])('causes a 502 with %s', async (_, bytes) => {
    using backend = await responding(bytes)
    const web = client(uwsgiProxy({ socket: backend.socket }), quiet)
    const response = await web.get('/')
    expect(response.status).toBe(502)
    expect(web.errors).toEqual([expect.objectContaining({ name: 'HttpError', status: 502 })])
  })

  it('causes a 502 with endless interim responses', async () => {
    using backend = await responding('HTTP/1.1 100 Continue\r\n\r\n'.repeat(10_000))
    const web = client(uwsgiProxy({ socket: backend.socket }), quiet)
    expect((await web.get('/')).status).toBe(502)
    expect(web.errors).toEqual([expect.objectContaining({ cause: expect.any(RangeError) })])
  })

  it('causes a 502 if it is not listening', async () => {
    using folder = scratch()
    const { socket, [Symbol.dispose]: stop } = await raw(() => {})
    stop()
    for (const address of [socket, `uwsgi:${folder.path}/none.sock`]) {
      const web = client(uwsgiProxy({ socket: address }), quiet)
      const response = await web.get('/')
      expect(response.status).toBe(502)
      expect(await response.json()).toMatchObject({
        detail: 'The upstream server cannot be reached.',
      })
      expect(web.errors).toEqual([
        expect.objectContaining({ cause: expect.objectContaining({ syscall: 'connect' }) }),
      ])
    }
  })

  it('causes a 504 if it does not respond in time, and is disconnected', async () => {
    using backend = await raw((socket) => socket.resume())
    const web = client(uwsgiProxy({ socket: backend.socket, timeout: 50 }), quiet)
    expect((await web.get('/')).status).toBe(504)
    const [socket] = backend.sockets
    await until(() => socket!.readableEnded)
  })

  it('makes the response body fail if it stalls or closes before its Content-Length', async () => {
    using silent = await raw((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nbegin')),
    )
    const slow = await client(uwsgiProxy({ socket: silent.socket, timeout: 50 })).get('/')
    await expect(slow.text()).rejects.toMatchObject({ status: 504 })
    using short = await responding('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegin')
    const cut = await client(uwsgiProxy({ socket: short.socket })).get('/')
    await expect(cut.text()).rejects.toThrow('closed the connection 4 bytes before its Content-Length')
  })

  it('is not blamed for a slow reader', async () => {
    using backend = await responding(
      `HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n${'x'.repeat(8_000_000)}`,
    )
    const response = await client(uwsgiProxy({ socket: backend.socket, timeout: '1s' })).get('/')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect((await response.text()).length).toBe(8_000_000)
  })

  it('is not blamed for a slow upload', async () => {
    await using backend = await start(async ({ request }) => text(await request.text()))
    async function* slowly() {
      yield Buffer.from('one ')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      yield Buffer.from('two')
    }
    const { body } = stream(slowly())
    const web = client(uwsgiProxy({ socket: backend.address, timeout: '1s' }))
    const response = await web.post('/', { body, headers: { 'content-length': '7' } })
    expect(await response.text()).toBe('one two')
  })

  it('only affects its own response, whatever it sends', async () => {
    const piece = fc.constantFrom(
      ...[
        'HTTP/1.1 200 OK',
        'HTTP/1.1 304',
        'HTTP/1.1 100 Go',
        '\r\n',
        '\n',
        '\r',
        ': ',
        'Content-Length',
        '5',
        'X',
      ],
      ...['Transfer-Encoding: chunked', 'Connection: X', 'Set-Cookie: a=b;', '\0', 'body', '\r\n\r\n'],
    )
    let bytes = ''
    using backend = await raw((socket) => socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1'))))
    const web = client(uwsgiProxy({ socket: backend.socket }), quiet)
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.boolean(), async (pieces, wellBegun) => {
        bytes = (wellBegun ? 'HTTP/1.1 200 OK\r\n' : '') + pieces.join('')
        const response = await web.get('/')
        expect([200, 304, 502]).toContain(response.status)
        await response
          .text()
          .catch((error: Error) => expect(error.message).toContain('before its Content-Length'))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a backend that responds without reading the request body', () => {
  const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
  const post = { body: Buffer.alloc(4_000_000), headers: { 'content-length': '4000000' } }
  /** Closes immediately, like uWSGI, which resets the connection because the body is unread. */
  const closing = (response: string, path?: string) =>
    raw((socket) => {
      socket.once('data', () => socket.pause().write(response, () => socket.destroy()))
    }, path)

  it.each(['TCP', 'a Unix socket'])('has its response delivered over %s', async (transport) => {
    using folder = scratch()
    using backend = await closing(
      `${RESPONSE}Content-Length: 6\r\n\r\nenough`,
      transport === 'TCP' ? undefined : `${folder.path}/app.sock`,
    )
    const web = client(uwsgiProxy({ socket: backend.socket }))
    for (let request = 0; request < 20; request++) {
      expect(await (await web.post('/', post)).text()).toBe('enough')
    }
  })

  it('has a response without Content-Length delivered over a Unix socket', async () => {
    using folder = scratch()
    using backend = await closing(`${RESPONSE}\r\n${'x'.repeat(150_000)}`, `${folder.path}/app.sock`)
    const web = client(uwsgiProxy({ socket: backend.socket }))
    for (let request = 0; request < 20; request++) {
      expect((await (await web.post('/', post)).text()).length).toBe(150_000)
    }
  })

  it('has a response without Content-Length cut off over TCP, which may have lost its end', async () => {
    using backend = await closing(`${RESPONSE}\r\nbegin`)
    const response = await client(uwsgiProxy({ socket: backend.socket })).post('/', post)
    await expect(response.text()).rejects.toThrow(/ECONNRESET|EPIPE/)
  })

  it('has a response without Content-Length cut off over TCP if it is reset, also when nothing is left to send', async () => {
    using backend = await raw((socket) =>
      socket.once('data', () => {
        socket.write(`${RESPONSE}\r\nbegin`)
        socket.resetAndDestroy()
      }),
    )
    const response = await client(uwsgiProxy({ socket: backend.socket })).get('/')
    await expect(response.text()).rejects.toThrow('ECONNRESET')
  })

  it('causes a 502 if it closes without a response', async () => {
    using backend = await closing('HTTP/1.1 200 OK\r\n')
    const web = client(uwsgiProxy({ socket: backend.socket }), quiet)
    const response = await web.post('/', post)
    expect(await response.json()).toMatchObject({
      status: 502,
      detail: 'The upstream server closed the connection without a response.',
    })
  })
})

it('forwards a 205 without its body, which it must not have', async () => {
  using backend = await responding('HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nstray')
  await using front = await start(uwsgiProxy({ socket: backend.socket }))
  expect(statusOf(await front.exchange({}))).toBe(205)
})

describe('back-pressure', () => {
  /** A body of 64 MB that counts how many chunks were read. */
  function counted() {
    const state = { chunks: 0, cancelled: false }
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          if (++state.chunks > 1_000) controller.close()
          else controller.enqueue(new Uint8Array(64 * 1024))
        },
        cancel() {
          state.cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    return { state, init: { body, headers: { 'content-length': String(1_000 * 64 * 1024) } } }
  }

  it('reads the request body no faster than the backend does', async () => {
    using backend = await raw((socket) => socket.pause())
    const { state, init } = counted()
    const controller = new AbortController()
    const web = client(uwsgiProxy({ socket: backend.socket }))
    const waiting = web.post('/', { ...init, signal: controller.signal })
    await until(() => state.chunks > 0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(state.chunks).toBeLessThan(500)
    controller.abort()
    expect((await waiting).status).toBe(499)
  })

  it('cancels the request body if the backend has responded without reading it', async () => {
    using backend = await raw((socket) => {
      socket.pause()
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nenough')
    })
    const { state, init } = counted()
    const response = await client(uwsgiProxy({ socket: backend.socket })).post('/', init)
    expect(await response.text()).toBe('enough')
    await until(() => state.cancelled)
  })

  it('reads the response body no faster than its reader does', async () => {
    let sent: Socket | undefined
    using backend = await raw((socket) =>
      socket.once('data', () => {
        sent = socket
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.write(Buffer.alloc(32_000_000))
      }),
    )
    const response = await client(uwsgiProxy({ socket: backend.socket })).get('/')
    const reader = response.body!.getReader()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(sent!.writableLength).toBeGreaterThan(0)
    await reader.cancel()
  })
})

describe('a client', () => {
  it('that has already disconnected gets a 499', async () => {
    using backend = await raw(() => {})
    const web = client(uwsgiProxy({ socket: backend.socket }))
    expect((await web.get('/', { signal: AbortSignal.abort() })).status).toBe(499)
  })

  it('that sends a body without Content-Length gets a 411', async () => {
    const web = client(uwsgiProxy({ socket: 'uwsgi:/nowhere.sock' }))
    expect((await web.post('/', { body: 'text' })).status).toBe(411)
  })

  it.each(['5', '3'])('that sends 4 bytes with a Content-Length of %s gets a 400', async (length) => {
    await using backend = await start(async ({ request }) => text(await request.text().catch(() => 'cut')))
    const web = client(uwsgiProxy({ socket: backend.address }))
    expect((await web.post('/', { body: 'abcd', headers: { 'content-length': length } })).status).toBe(400)
  })

  it('whose headers do not fit into a packet gets a 431', async () => {
    const web = client(uwsgiProxy({ socket: 'uwsgi:/nowhere.sock' }))
    expect((await web.get('/', { headers: { 'x-long': 'x'.repeat(66_000) } })).status).toBe(431)
    await using backend = await start(({ headers }) => text(String(headers.get('x-long')!.length)))
    const long = await client(uwsgiProxy({ socket: backend.address })).get('/', {
      headers: { 'x-long': 'x'.repeat(60_000) },
    })
    expect(await long.text()).toBe('60000')
  })

  it('that disconnects closes the connection to the backend', async () => {
    let aborted = 0
    await using backend = await start(async ({ signal, pathInfo }) => {
      const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      gone.then(() => aborted++)
      if (pathInfo === '/wait') await gone
      return stream(
        (async function* () {
          yield 'begin'
          await gone
        })(),
      )
    })
    const web = client(uwsgiProxy({ socket: backend.address }))
    const controller = new AbortController()
    const waiting = web.get('/wait', { signal: controller.signal })
    await new Promise((resolve) => setTimeout(resolve, 30))
    controller.abort()
    expect((await waiting).status).toBe(499)
    await until(() => aborted === 1)

    const response = await web.get('/stream')
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await until(() => aborted === 2)
    expect(web.errors).toEqual([])
  })
})

describe('the options', () => {
  it.each([
    ['socket', '/run/app.sock', `socket must be 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got "/run/app.sock"`],
    ['socket', 'uwsgi:', `socket must be 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got "uwsgi:"`],
    ['socket', 'uwsgi://host', `socket must be 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got "uwsgi://host"`],
    [
      'socket',
      'uwsgi://host:99999',
      `socket must be 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got "uwsgi://host:99999"`,
    ],
    ['timout', '5s', "unknown option 'timout', did you mean 'timeout'?"],
    ['socket', undefined, "socket must be 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got undefined"],
    [
      'connectTimeout',
      0,
      "connectTimeout must be a duration from 1 to 2147483647 ms, as a number of milliseconds or text such as '500ms', '30s' or '15m', got 0",
    ],
    [
      'timeout',
      -1,
      "timeout must be a duration from 0 to 2147483647 ms, as a number of milliseconds or text such as '500ms', '30s' or '15m', got -1",
    ],
    [
      'maxHeaderSize',
      1,
      "maxHeaderSize must be a size from 256 to 1048576 bytes, as a number of bytes or text such as '64KiB' or '16MiB', got 1",
    ],
  ])('reject %s: %s', (option, value, message) => {
    expect(() => uwsgiProxy({ socket: 'uwsgi:/a.sock', [option]: value })).toThrow(
      new TypeError(`uwsgiProxy: ${message}`),
    )
  })

  it('accept an IPv6 address', async () => {
    const web = client(uwsgiProxy({ socket: 'uwsgi://[::1]:1' }), quiet)
    expect((await web.get('/')).status).toBe(502)
  })
})
