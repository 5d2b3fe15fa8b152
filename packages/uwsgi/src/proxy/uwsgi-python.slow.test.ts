import { existsSync } from 'node:fs'
import { type Application, mount, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../../../scripts/ports.ts'
import { requireProgram } from '../../../../scripts/programs.ts'
import { digest, large } from '../../test/application.ts'
import { startUwsgi } from '../../test/programs.ts'
import { bodyOf, scratch, start, statusOf, until } from '../../test/start.ts'
import { uwsgiProxy } from '../index.ts'

const uwsgi = requireProgram('uwsgi')
const python = requireProgram('uwsgi-python3')

describe.runIf(uwsgi && python)('uwsgiProxy in front of uWSGI with a Python application', () => {
  const folder = scratch()
  const socket = `${folder.path}/python.sock`
  let running: AsyncDisposable
  let web: Client
  let tcp: Client
  let mounted: Application

  beforeAll(async () => {
    const port = await freePort()
    const script = new URL('../../test/wsgi_app.py', import.meta.url).pathname
    const listen = ['--socket', socket, '--socket', `127.0.0.1:${port}`, '--buffer-size', '65535']
    const workers = ['--master', '--need-app', '--enable-threads', '--threads', '4']
    running = await startUwsgi(
      uwsgi!,
      ['--plugins', 'python3', '--wsgi-file', script, ...listen, ...workers],
      socket,
    )
    web = client(uwsgiProxy({ socket: `uwsgi:${socket}` }), quiet)
    tcp = client(uwsgiProxy({ socket: `uwsgi://127.0.0.1:${port}` }))
    mounted = mount('/legacy', uwsgiProxy({ socket: `uwsgi:${socket}` }))(() => text('new'))
  }, 30_000)

  afterAll(async () => {
    await running?.[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  it('forwards GET over a Unix socket and over TCP', async () => {
    for (const each of [web, tcp]) {
      const response = await each.get('/')
      expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
        200,
        '5',
        'hello',
      ])
    }
  })

  it('provides the WSGI environ, with the prefix of a mount in SCRIPT_NAME', async () => {
    const outside = client(mounted, { baseUrl: 'https://example.org:8443', remoteAddress: '192.0.2.1' })
    const response = await outside.get('/legacy/environ?q=%20', { headers: { 'x-field': 'caf\xe9' } })
    expect(await response.json()).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '/legacy',
      PATH_INFO: '/environ',
      QUERY_STRING: 'q=%20',
      REQUEST_URI: '/legacy/environ?q=%20',
      SERVER_NAME: 'example.org',
      SERVER_PORT: '8443',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: '192.0.2.1',
      HTTP_HOST: 'example.org:8443',
      HTTP_X_FIELD: 'caf\xe9',
      scheme: 'https',
    })
    expect(await (await outside.get('/')).text()).toBe('new')
  })

  it('decodes UTF-8 and %2F in PATH_INFO but not in REQUEST_URI', async () => {
    const response = await web.get('/environ/caf%C3%A9/a%2Fb')
    expect(await response.json()).toMatchObject({
      PATH_INFO: '/environ/caf\xc3\xa9/a/b',
      REQUEST_URI: '/environ/caf%C3%A9/a%2Fb',
    })
  })

  it('streams 10 MB in both directions', async () => {
    const headers = { 'content-length': String(large.byteLength) }
    const sent = await web.post('/digest', { body: large, headers })
    expect(await sent.json()).toEqual(digest(large))
    const got = await tcp.get('/large')
    expect((await got.bytes()).byteLength).toBe(10_000_000)
  })

  it('delivers the response of a view that does not read its request body', async () => {
    const headers = { 'content-length': '1000000' }
    for (const each of [web, tcp]) {
      for (let request = 0; request < 20; request++) {
        const response = await each.post('/', { body: large.subarray(0, 1_000_000), headers })
        expect(`${response.status} ${await response.text()}`).toBe('200 hello')
      }
    }
  })

  it('works inside a uwsgi gateway', async () => {
    await using between = await start(mounted)
    const request = { REQUEST_METHOD: 'POST', REQUEST_URI: '/legacy/digest' }
    expect(JSON.parse(bodyOf(await between.exchange(request, large)))).toEqual(digest(large))
    expect(statusOf(await between.exchange({ REQUEST_URI: '/legacy/broken' }))).toBe(502)
  })

  it('ignores the body that uWSGI sends in response to HEAD, and forwards 304', async () => {
    const head = await web.head('/')
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', ''])
    const same = await web.get('/not-modified')
    expect([same.status, same.headers.get('etag'), same.body]).toEqual([304, '"1"', null])
  })

  it('forwards several cookies in both directions and removes hop-by-hop fields', async () => {
    const response = await web.get('/cookies', { headers: { cookie: 'x=1; y=2' } })
    expect(await response.text()).toBe('x=1; y=2')
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
    expect(response.headers.has('connection')).toBe(false)
  })

  it('forwards 60 KB of header fields', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`x-long-${at}`, 'x'.repeat(7_500)]),
    )
    const response = await web.get('/environ', { headers: fields })
    expect(await response.json()).toMatchObject({
      HTTP_X_LONG_0: fields['x-long-0'],
      HTTP_X_LONG_7: fields['x-long-7'],
    })
  })

  it('causes a 502 if the application raises', async () => {
    expect((await web.get('/broken')).status).toBe(502)
  })

  it('causes a 504 if the application is slow', async () => {
    const impatient = client(uwsgiProxy({ socket: `uwsgi:${socket}`, timeout: 100 }), quiet)
    expect((await impatient.get('/slow')).status).toBe(504)
  })

  it('closes a stream when its reader cancels', async () => {
    const log = `${folder.path}/closed`
    const response = await web.get(`/stream?${log}`)
    const reader = response.body!.getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toMatch(/^tick /)
    await reader.cancel()
    await until(() => existsSync(log))
  })
})

const quiet = { errors: { write() {} } }
