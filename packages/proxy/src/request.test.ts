import { mount, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { http, quiet, raw, received, serving, through } from '../test/upstream.ts'
import type { ProxyOptions } from './index.ts'

/** An upstream server that responds with the head of each request as it arrived. */
const heads = () =>
  raw((socket) => {
    socket.on('data', (chunk) => {
      const head = chunk.toString('latin1')
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${chunk.length}\r\n\r\n`)
      socket.write(head, 'latin1')
    })
  })

async function headOf(
  path: string,
  headers: Record<string, string> = {},
  options: ProxyOptions = {},
  base = '',
) {
  await using upstream = await heads()
  await using app = through(upstream, options, base)
  const web = client(app, { remoteAddress: '192.0.2.9', baseUrl: 'https://example.org', ...quiet })
  const response = await web.get(path, { headers })
  const [line, ...fields] = (await response.text()).trimEnd().split('\r\n')
  return { status: response.status, line, fields, host: `127.0.0.1:${upstream.port}` }
}

describe('the path', () => {
  it('is sent with its percent-encodings and its query', async () => {
    expect((await headOf('/a%2Fb/caf%C3%A9;x=1?q=%20a+b&c=d%2f')).line).toBe(
      'GET /a%2Fb/caf%C3%A9;x=1?q=%20a+b&c=d%2f HTTP/1.1',
    )
  })

  it('follows the path of the upstream URL', async () => {
    expect((await headOf('/a', {}, {}, '/base/')).line).toBe('GET /base/a HTTP/1.1')
    expect((await headOf('/', {}, {}, '/base')).line).toBe('GET /base/ HTTP/1.1')
  })

  it('does not contain the prefix of a mount', async () => {
    await using upstream = await heads()
    await using app = through(upstream, {}, '/v1')
    const web = client(mount('/api', app)(() => text('')))
    expect(await (await web.get('/api/users?x')).text()).toMatch(/^GET \/v1\/users\?x HTTP\/1.1\r\n/)
    expect(await (await web.get('/api')).text()).toMatch(/^GET \/v1 HTTP\/1.1\r\n/)
    expect(await (await web.get('/api/')).text()).toMatch(/\r\nx-forwarded-prefix: \/api\r\n/)
  })

  it('cannot choose another host', async () => {
    const { line, fields, host } = await headOf('//evil.example/x')
    expect(line).toBe('GET //evil.example/x HTTP/1.1')
    expect(fields).toContain(`host: ${host}`)
    await using upstream = await heads()
    await using app = through(upstream)
    await using server = await serving(app)
    const reply = await server.send(
      'GET http://evil.example/x HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    )
    expect(reply).toContain(`GET /x HTTP/1.1\r\nhost: 127.0.0.1:${upstream.port}\r\n`)
  })

  it.each(['/a%2F..%2Fb', '/..%5Cb', '/a%5c..', '/..;/b', '/x/..;a=1/b', '/..%2f'])(
    'is rejected if it is %s, which some servers resolve to another path',
    async (path) => {
      expect((await headOf(path)).status).toBe(400)
    },
  )

  it('may contain dots', async () => {
    expect((await headOf('/a..b/...')).line).toBe('GET /a..b/... HTTP/1.1')
  })
})

describe('the fields of a request', () => {
  it('describe the client', async () => {
    expect((await headOf('/')).fields.filter((field) => field.startsWith('x-'))).toEqual([
      'x-forwarded-for: 192.0.2.9',
      'x-forwarded-host: example.org',
      'x-forwarded-proto: https',
    ])
  })

  it('replace what the client claims about itself', async () => {
    const { fields } = await headOf('/', {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-port': '1',
      X_Forwarded_For: '6.6.6.6',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      proxy: 'http://evil.example',
    })
    expect(fields.join('\n')).not.toMatch(/6\.6\.6\.6|evil|port: 1$/m)
  })

  it('can be Forwarded', async () => {
    const { fields } = await headOf('/', {}, { proxyFields: 'forwarded' })
    expect(fields).toContain('forwarded: for=192.0.2.9;host="example.org";proto=https')
    expect(fields.join()).not.toContain('x-forwarded')
    await using upstream = await heads()
    await using app = through(upstream, { proxyFields: ['forwarded', 'x-forwarded'] })
    const reply = await (await client(app, { remoteAddress: '2001:db8::1' }).get('/')).text()
    expect(reply).toContain('for="[2001:db8::1]"')
    expect(reply).toContain('x-forwarded-for: 2001:db8::1')
  })

  it('use the upstream host unless told otherwise', async () => {
    const { fields, host } = await headOf('/')
    expect(fields.filter((field) => field.startsWith('host'))).toEqual([`host: ${host}`])
    expect((await headOf('/', {}, { preserveHost: true })).fields).toContain('host: example.org')
  })

  it('add to Via', async () => {
    expect((await headOf('/')).fields).toContain('via: 1.1 tsgi')
    expect((await headOf('/', { via: '1.0 a' }, { via: 'edge' })).fields).toContain('via: 1.0 a, 1.1 edge')
    expect((await headOf('/', {}, { via: false })).fields.join()).not.toContain('via')
  })

  it('do not include those of the connection', async () => {
    await using upstream = await heads()
    await using app = through(upstream)
    await using server = await serving(app)
    const reply = await server.send(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine, X-Forwarded-For\r\nX-Mine: 1\r\nX-Kept: caf\xe9\r\n' +
        'TE: trailers\r\nKeep-Alive: 1\r\nProxy-Connection: x\r\nUpgrade: h2c\r\nProxy-Authorization: Basic x\r\n\r\n',
    )
    const head = reply.slice(reply.indexOf('GET /'))
    expect(head).toContain('\r\nx-kept: caf\xe9\r\n')
    expect(head).toContain('\r\nx-forwarded-for: 127.0.0.1\r\n')
    expect(head).not.toMatch(/x-mine|\nte:|keep-alive: 1|proxy-|upgrade/i)
  })
})

describe('the body of a request', () => {
  it('is sent with its Content-Length', async () => {
    await using upstream = await http(async (request, response) => {
      const chunks = await request.toArray()
      response.end(JSON.stringify([request.headers, Buffer.concat(chunks).length]))
    })
    await using app = through(upstream)
    const web = client(app)
    const body = 'x'.repeat(1_000_000)
    const [headers, length] = (await (
      await web.post('/', { body, headers: { 'content-length': '1000000' } })
    ).json()) as [Record<string, string>, number]
    expect([headers['content-length'], headers['transfer-encoding'], length]).toEqual([
      '1000000',
      undefined,
      1_000_000,
    ])
  })

  it('is sent in chunks if its length is unknown, and never with both', async () => {
    await using upstream = await http(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString()
      response.end(`${request.headers['content-length']} ${request.headers['transfer-encoding']} ${body}`)
    })
    await using app = through(upstream)
    await using server = await serving(app)
    const reply = await server.send(
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n',
    )
    expect(reply).toContain('undefined chunked abc')
  })

  it('may be empty', async () => {
    await using upstream = await http((request, response) =>
      response.end(`${request.method} ${request.headers['content-length']}`),
    )
    await using app = through(upstream)
    await using server = await serving(app)
    const send = (head: string) =>
      server.send(`${head} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    expect(await send('POST')).toContain('POST 0')
    expect(await send('DELETE')).toContain('DELETE undefined')
    expect(await send('GET')).toContain('GET undefined')
  })

  it('reaches the upstream server while the client is still sending', async () => {
    const first = Promise.withResolvers<string>()
    await using upstream = await http((request, response) => {
      request.once('data', (chunk) => first.resolve(String(chunk)))
      request.on('end', () => response.end('done'))
    })
    await using app = through(upstream)
    await using server = await serving(app)
    const socket = server.connect()
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n')
    expect(await received(socket, '\r\n\r\n')).toMatch(/^HTTP\/1.1 100/)
    socket.write('half')
    expect(await first.promise).toBe('half')
    socket.write('rest')
    expect(await received(socket, 'done')).toContain('200 OK')
    socket.destroy()
  })

  it('is an error if it has been read already', async () => {
    await using upstream = await heads()
    await using app = through(upstream)
    const reads = stack((inner) => async (environ) => {
      await environ.request.text()
      return inner(environ)
    })
    const web = client(reads(app), quiet)
    expect((await web.post('/', { body: 'x' })).status).toBe(500)
    expect(String(web.errors[0])).toContain('the request body has already been read')
  })
})

describe('requests that cannot be forwarded', () => {
  it('result in a 426 if they are not a valid handshake of a WebSocket', async () => {
    await using upstream = await http((_request, response) => response.end('reached'))
    await using app = through(upstream)
    const web = client(app)
    const response = await web.get('/', { headers: { upgrade: 'websocket', connection: 'upgrade' } })
    expect([response.status, response.headers.get('sec-websocket-version')]).toEqual([426, '13'])
    expect(web.errors).toEqual([])
  })
})
