import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { type Application, lint, text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import type { UwsgiNative } from '@tsgi/uwsgi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../packages/server/test/certificate.ts'
import { freePort } from '../../scripts/ports.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { application } from './app.ts'
import { type ConfigurationName, configuration, Nginx, replace, scratch } from './front.ts'

interface Front {
  readonly gateway: string
  readonly conf: ConfigurationName
  /** The address on which the application listens on this socket. */
  readonly listen: (socket: string) => string
  /** Returns the connection of a request. */
  readonly connection: (native: unknown) => Socket
}

const fronts: readonly Front[] = [
  {
    gateway: 'uwsgi',
    conf: 'nginx-uwsgi.conf',
    listen: (socket) => `uwsgi:${socket}`,
    connection: (native) => (native as UwsgiNative).socket,
  },
  {
    gateway: 'node:http',
    conf: 'nginx-http.conf',
    listen: (socket) => `unix:${socket}`,
    connection: (native) => (native as { incoming: IncomingMessage }).incoming.socket,
  },
]

/** As large as many cookies. */
const wide = { 'x-wide': 'w'.repeat(7_000), 'x-wider': 'w'.repeat(7_000) }

const nginx = requireProgram('nginx')

describe.runIf(nginx).each(fronts)('behind nginx, $conf', ({ gateway, conf, listen, connection }) => {
  const started = new AsyncDisposableStack()
  const errors: unknown[] = []
  const connections = new Set<Socket>()
  let certificate: TestCertificate
  let port: number
  let tlsPort: number

  const watched: Application = (environ) => {
    connections.add(connection(environ.gateway.native))
    return environ.pathInfo === '/wide' ? text('', { headers: wide }) : application(environ)
  }

  beforeAll(async () => {
    const socket = join(started.use(scratch()).path, 'app.sock')
    started.use(
      await serve(lint(watched), {
        listen: listen(socket),
        trustProxy: 1,
        errors: { write: (problem) => errors.push(problem) },
      }),
    )
    certificate = started.use(await TestCertificate.make())
    port = await freePort()
    tlsPort = await freePort()
    const plain = configuration(conf, port, `unix:${socket}`)
    const listening = `listen 127.0.0.1:${port};`
    started.use(await Nginx.start(replace(plain, listening, `${listening}\n${tls(tlsPort, certificate)}`)))
  }, 30_000)

  afterAll(() => started.disposeAsync())

  /** Sends a request from an address other than that of nginx. */
  const ask = (path: string, options: RequestOptions & { tls?: boolean } = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const all = { host: '127.0.0.1', localAddress: '127.0.0.2', agent: false, path, ...options }
      const sent = options.tls
        ? httpsRequest({ ...all, port: tlsPort, ca: certificate.ca, servername: 'localhost' }, resolve)
        : httpRequest({ ...all, port }, resolve)
      sent.on('error', reject).end()
    })
  const page = async (path: string, options?: RequestOptions & { tls?: boolean }) =>
    Object.fromEntries(
      (await textOf(await ask(path, options)))
        .trimEnd()
        .split('\n')
        .map((line) => line.split(': ')),
    )

  it('passes on the request over http', async () => {
    const headers = { host: `example.org:${port}` }
    expect(await page('/users/a%2Fb?page=2', { headers })).toEqual({
      gateway,
      scheme: 'http',
      host: `example.org:${port}`,
      remoteAddress: '127.0.0.2',
      scriptName: '',
      pathInfo: '/users/a%2Fb',
      queryString: 'page=2',
      protocol: 'HTTP/1.1',
    })
  })

  it('passes on the scheme over https, with nginx-tls.conf', async () => {
    expect(await page('/', { tls: true, headers: { host: 'example.org' } })).toMatchObject({
      scheme: 'https',
      host: `example.org:${tlsPort}`,
      remoteAddress: '127.0.0.2',
    })
  })

  it('does not trust the headers of the client', async () => {
    const headers = {
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      'x-real-ip': '192.0.2.1',
      forwarded: 'for=192.0.2.1;host=evil.example;proto=https',
      host: `example.org:${port}`,
    }
    expect(await page('/', { headers })).toMatchObject({
      scheme: 'http',
      host: `example.org:${port}`,
      remoteAddress: '127.0.0.2',
    })
  })

  it('passes on the protocol of the client only over uwsgi', async () => {
    const connection = connect(port, '127.0.0.1')
    connection.write('GET / HTTP/1.0\r\nHost: example.org\r\n\r\n')
    const protocol = gateway === 'uwsgi' ? 'HTTP/1.0' : 'HTTP/1.1'
    expect(await textOf(connection)).toContain(`protocol: ${protocol}\n`)
  })

  it('serves a prefix that the application mounts', async () => {
    expect(await page('/tools/users')).toMatchObject({ scriptName: '/tools', pathInfo: '/users' })
  })

  it('serves a prefix that nginx mounts only over uwsgi', async () => {
    const inside = gateway === 'uwsgi'
    const expected = inside
      ? { scriptName: '/beta', pathInfo: '/a%2Fb' }
      : { scriptName: '', pathInfo: '/beta/a%2Fb' }
    expect(await page('/beta/a%2Fb')).toMatchObject(expected)
    const bare = await ask('/beta')
    bare.resume()
    expect(bare.statusCode).toBe(inside ? 301 : 200)
  })

  it('passes on a response header of 14 KB', async () => {
    const response = await ask('/wide')
    response.resume()
    expect(response.headers).toMatchObject(wide)
  })

  it('passes on a body of 10 MB', async () => {
    const body = Uint8Array.from({ length: 10_000_000 }, (_, index) => (index * 31 + (index >> 8)) & 255)
    const response = await fetch(`http://127.0.0.1:${port}/digest`, { method: 'POST', body })
    expect(await response.text()).toBe(`${createHash('sha256').update(body).digest('hex')}\n`)
  })

  it('rejects a body over the limit in nginx', async () => {
    const body = new Uint8Array(17 << 20)
    const response = await fetch(`http://127.0.0.1:${port}/digest`, { method: 'POST', body })
    await response.body?.cancel()
    expect(response.status).toBe(413)
  })

  it('passes on a stream immediately, and tells the application when its client disconnects', async () => {
    errors.length = 0
    const clock = await ask('/clock')
    // The response never ends, so it was not buffered.
    const [line] = await clock.take(1).toArray()
    expect(String(line)).toMatch(/^\d{4}-\d\d-\d\dT.*Z\n$/)
    clock.destroy()
    await expect.poll(() => errors).toEqual(['127.0.0.2 has disconnected from the clock'])
  })

  it('cuts off a failing response over HTTP, but not over uwsgi, where it looks complete', async () => {
    errors.length = 0
    const response = await fetch(`http://127.0.0.1:${port}/broken`)
    const body = response.text()
    if (gateway === 'uwsgi') expect(await body).toBe('The first half, ')
    else await expect(body).rejects.toThrow(TypeError)
    expect(errors).toEqual([new Error('there is no second half')])
  })

  it('reuses a connection over HTTP, but not over uwsgi', async () => {
    connections.clear()
    for (let n = 0; n < 5; n++) await page('/')
    expect(connections.size).toBe(gateway === 'uwsgi' ? 5 : 1)
  })
})

it.runIf(nginx)('cuts off a failing response over uwsgi and TCP', async () => {
  const options = { listen: 'uwsgi://127.0.0.1:0', errors: { write() {} } }
  await using server = await serve(lint(application), options)
  const port = await freePort()
  const backend = server.addresses[0]!.replace('uwsgi://', '')
  await using _ = await Nginx.start(configuration('nginx-uwsgi.conf', port, backend))
  const response = await fetch(`http://127.0.0.1:${port}/broken`)
  await expect(response.text()).rejects.toThrow(TypeError)
})

it.runIf(nginx)('reports why nginx does not start', async () => {
  await expect(Nginx.start('server { listen nowhere at all; }')).rejects.toThrow(
    /^nginx did not start: [\s\S]*listen/,
  )
})

/** Returns nginx-tls.conf with this port and certificate. */
function tls(port: number, { files }: TestCertificate): string {
  let lines = readFileSync(join(import.meta.dirname, 'nginx-tls.conf'), 'utf8')
  lines = replace(lines, 'listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
  lines = replace(lines, '/etc/ssl/example.org.pem', files.cert)
  return replace(lines, '/etc/ssl/example.org.key', files.key)
}
