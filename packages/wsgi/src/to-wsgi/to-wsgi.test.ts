import {
  type Application,
  type Environ,
  empty,
  HttpError,
  json,
  lint,
  mount,
  redirect,
  stream,
  text,
} from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { b } from '../contract/bytes.ts'
import type { WsgiApplication, WsgiEnviron, WsgiHeaders } from '../contract/types.ts'
import { validator } from '../validator/validator.ts'
import { wsgi } from '../wsgi/wsgi.ts'
import { toWsgi } from './to-wsgi.ts'

const quiet = { errors: { write() {} } }

/** Wraps an application in toWsgi and wsgi, with the linter and the validator on all sides. */
const through = (app: Application) => wsgi(validator(toWsgi(lint(app))))

/** Calls a WSGI application with an environ that has these variables. */
async function call(app: WsgiApplication, variables: Partial<WsgiEnviron> = {}) {
  let environ: WsgiEnviron | undefined
  await client(
    wsgi((given, startResponse) => {
      environ = given
      startResponse('200 OK', [])
      return []
    }),
  ).get('/')
  delete environ!.HTTP_HOST
  for (const key of ['tsgi.signal', 'tsgi.wait_until']) delete environ![key]
  Object.assign(environ!, variables)
  let head: { status: string; headers: WsgiHeaders } | undefined
  const blocks = await app(environ!, (status, headers) => {
    head = { status, headers }
    return async () => {}
  })
  return { ...head!, blocks }
}

/** Returns the environ that the application receives. */
async function seen(variables: Partial<WsgiEnviron>): Promise<Environ> {
  let environ: Environ | undefined
  const app: Application = (given) => {
    environ = given
    return empty()
  }
  await call(toWsgi(lint(app)), variables)
  return environ!
}

describe('toWsgi', () => {
  it.each<[string, Application]>([
    ['text', () => text('Hello', { status: 201, headers: { 'x-a': '1' } })],
    ['JSON', () => json({ a: [1, 2] })],
    ['a redirect', () => redirect('/elsewhere')],
    ['nothing', () => empty()],
    ['a response of the platform', () => new Response('Hello', { headers: { etag: '"1"' } })],
    ['bytes', () => new Response(b`\x00\xff`, { headers: { 'content-type': 'application/octet-stream' } })],
    ['a stream', () => stream(['Hel', 'lo'])],
    ['an error', () => Promise.reject(new HttpError(404, 'Not here.'))],
    [
      'cookies',
      () =>
        text('', {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        }),
    ],
  ])('responds like the application itself: %s', async (_, app) => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const [direct, bridged] = await Promise.all(
        [app, through(app)].map((each) => client(each, quiet).request(method, '/')),
      )
      expect(bridged!.status).toBe(direct!.status)
      expect(bridged!.headers.getSetCookie()).toEqual(direct!.headers.getSetCookie())
      expect(await bridged!.text()).toBe(await direct!.text())
      const { 'content-length': length, ...fields } = Object.fromEntries(bridged!.headers)
      if (!direct!.headers.has('content-type')) delete fields['content-type']
      expect(fields).toEqual(Object.fromEntries(direct!.headers))
      if (length !== undefined && method !== 'HEAD') expect(length).toMatch(/^\d+$/)
    }
  })

  it('passes the request on', async () => {
    const response = await client(
      through(async (environ) => {
        const { method, scheme, host, pathInfo, queryString, protocol, remoteAddress, headers, request } =
          environ
        const body = await request.text()
        const fields = Object.fromEntries(headers)
        return json({
          method,
          scheme,
          host,
          pathInfo,
          queryString,
          protocol,
          remoteAddress,
          body,
          url: request.url,
          fields,
        })
      }),
      { baseUrl: 'https://example.org:8443' },
    ).put('/a%20b?x=%20y', { body: 'body', headers: { cookie: 'a=1; b=2', 'x-y': 'z' } })
    expect(await response.json()).toMatchObject({
      method: 'PUT',
      scheme: 'https',
      host: 'example.org:8443',
      pathInfo: '/a%20b',
      queryString: 'x=%20y',
      protocol: 'HTTP/1.1',
      remoteAddress: '127.0.0.1',
      body: 'body',
      url: 'https://example.org:8443/a%20b?x=%20y',
      fields: { 'content-type': 'text/plain;charset=UTF-8', cookie: 'a=1; b=2', 'x-y': 'z' },
    })
  })

  it('keeps the prefix of an outer mount in scriptName', async () => {
    const inner = through(({ scriptName, pathInfo, request }) => json([scriptName, pathInfo, request.url]))
    const response = await client(mount('/in%20side', inner)(() => empty(404))).get('/in%20side/x')
    expect(await response.json()).toEqual(['/in%20side', '/x', 'http://localhost/in%20side/x'])
  })

  it('streams block by block', async () => {
    let made = 0
    const app: Application = () =>
      stream(
        (function* () {
          for (;;) yield String(++made)
        })(),
      )
    const reader = (await client(through(app)).get('/')).body!.getReader()
    expect(await reader.read()).toMatchObject({ value: b`1` })
    expect(await reader.read()).toMatchObject({ value: b`2` })
    expect(made).toBe(2)
    await reader.cancel()
  })

  it('reports exceptions to wsgi.errors and responds with 500', async () => {
    const web = client(
      through(() => {
        throw new Error('broken', { cause: new Error('deeper') })
      }),
      quiet,
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors.join('\n')).toMatch(/^GET \/: Error: broken\n.*Caused by: Error: deeper/s)
  })

  it('cancels an unused body', async () => {
    const cancelled: string[] = []
    const app: Application = ({ method }) =>
      new Response(
        new ReadableStream({
          cancel() {
            cancelled.push(method)
          },
        }),
        { headers: { 'content-type': 'text/plain' } },
      )
    await client(through(app)).head('/')
    await expect.poll(() => cancelled).toEqual(['HEAD'])
    const refusing: Application = () => {
      const response = app({ method: 'refused' } as Environ) as Response
      response.headers.set('content-length', 'unknown')
      return response
    }
    await client(wsgi(toWsgi(refusing)), quiet).get('/')
    await expect.poll(() => cancelled).toEqual(['HEAD', 'refused'])
  })

  it('aborts the signal and settles finished when the body is closed early', async () => {
    let environ: Environ | undefined
    let aborted = false
    const app: Application = (given) => {
      environ = given
      given.signal.addEventListener('abort', () => {
        aborted = true
      })
      return stream(['one', 'two'])
    }
    let finished: Promise<unknown> | undefined
    const { blocks } = await call(
      toWsgi((given) => {
        finished = given.finished
        return app(given)
      }),
    )
    const iterator = (blocks as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    await iterator.next()
    await blocks.close?.()
    expect(aborted).toBe(true)
    expect(environ!.signal.aborted).toBe(true)
    expect(await finished).toMatchObject({ bytes: 3, aborted: true })
  })

  it('settles finished at the end of the body', async () => {
    const ends: unknown[] = []
    const app =
      (make: () => Response): Application =>
      ({ finished, waitUntil }) => {
        waitUntil(finished.then((end) => ends.push(end)))
        return make()
      }
    for (const make of [() => text('Hello'), () => stream(['Hel', 'lo']), () => empty()]) {
      await (await client(through(app(make))).get('/')).text()
    }
    await expect
      .poll(() => ends)
      .toMatchObject([
        { bytes: 5, aborted: false },
        { bytes: 5, aborted: false },
        { bytes: 0, aborted: false },
      ])
  })

  it('cuts the response off if the stream fails', async () => {
    const app: Application = () =>
      stream(
        (function* () {
          yield 'one'
          throw new Error('broken')
        })(),
      )
    const response = await client(through(app)).get('/')
    await expect(response.text()).rejects.toThrow('broken')
    let finished: Promise<unknown> | undefined
    const { blocks } = await call(
      toWsgi((environ) => {
        finished = environ.finished
        return app(environ)
      }),
    )
    const iterator = (blocks as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    await iterator.next()
    await expect(iterator.next()).rejects.toThrow('broken')
    expect(await finished).toMatchObject({ bytes: 3, aborted: true, error: { message: 'broken' } })
  })

  it('uses the name of the server if the request has no Host', async () => {
    const at = (port: string, scheme: 'http' | 'https' = 'http') =>
      seen({ SERVER_NAME: 'here', SERVER_PORT: port, 'wsgi.url_scheme': scheme }).then(({ host }) => host)
    expect(await at('80')).toBe('here')
    expect(await at('8000')).toBe('here:8000')
    expect(await at('443', 'https')).toBe('here')
    expect(await at('80', 'https')).toBe('here:80')
  })

  it('uses tsgi.signal and tsgi.wait_until of the outer server', async () => {
    const outer = new AbortController()
    const waiting: unknown[] = []
    const { signal, waitUntil } = await seen({
      'tsgi.signal': outer.signal,
      'tsgi.wait_until': (promise: unknown) => waiting.push(promise),
    })
    waitUntil(Promise.resolve())
    expect(waiting).toEqual([expect.any(Promise)])
    outer.abort()
    expect(signal.aborted).toBe(true)
  })

  it('encodes a query that the server has not encoded', async () => {
    const { queryString, request } = await seen({ QUERY_STRING: 'a#b c' })
    expect(queryString).toBe('a%23b%20c')
    expect(request.url).toMatch(/\/\?a%23b%20c$/)
  })

  it('describes the WSGI server as its gateway', async () => {
    const { gateway } = await seen({ 'wsgi.multiprocess': true })
    expect(gateway).toMatchObject({ name: 'wsgi', version: '1.0', multiprocess: true })
    expect(gateway.native).toMatchObject({ REQUEST_METHOD: 'GET' })
  })

  it('resolves dot segments that were hidden from the server', async () => {
    const path = async (SCRIPT_NAME: string, PATH_INFO: string) => {
      const { scriptName, pathInfo, request } = await seen({ SCRIPT_NAME, PATH_INFO })
      expect(new URL(request.url).pathname).toBe(scriptName + pathInfo)
      return [scriptName, pathInfo]
    }
    expect(await path('', '/a/../b')).toEqual(['', '/b'])
    expect(await path('/in', '/a/../b')).toEqual(['/in', '/b'])
    expect(await path('/in', '/../b')).toEqual(['', '/b'])
    expect(await path('/in/', '/b')).toEqual(['/in', '/b'])
    expect(await path('/in', '')).toEqual(['/in', ''])
    expect(await path('', '')).toEqual(['', '/'])
    expect(await path('', 'b')).toEqual(['', '/b'])
    expect(await path('', '//b')).toEqual(['', '//b'])
  })

  it('creates a valid environ from any path and query', async () => {
    const bytes = fc.uint8Array().map((bytes) => String.fromCharCode(...bytes))
    await fc.assert(
      fc.asyncProperty(bytes, bytes, bytes, async (SCRIPT_NAME, PATH_INFO, QUERY_STRING) => {
        const { scriptName, pathInfo, queryString, request } = await seen({
          SCRIPT_NAME,
          PATH_INFO,
          QUERY_STRING,
        })
        const { pathname, search } = new URL(request.url)
        expect([pathname, search.slice(1)]).toEqual([scriptName + pathInfo, queryString])
      }),
    )
  })

  it('rejects an invalid host', async () => {
    for (const HTTP_HOST of [
      'a b',
      'a/b',
      'user@a',
      'a?b',
      'a#b',
      'a\\b',
      'a\tb',
      'a:b',
      '[',
      ':80',
      '\xff"',
    ]) {
      const { status } = await call(
        toWsgi(() => expect.fail('the application was called')),
        { HTTP_HOST },
      )
      expect(status, HTTP_HOST).toBe('400 Bad Request')
    }
    expect(await seen({ HTTP_HOST: 'EXAMPLE.org:80' })).toMatchObject({ host: 'example.org' })
  })

  it('trims a SCRIPT_NAME of many slashes in linear time', async () => {
    const script = `/${'/'.repeat(200_000)}a`
    expect(await seen({ SCRIPT_NAME: script, PATH_INFO: '/b' })).toMatchObject({
      scriptName: script,
      pathInfo: '/b',
    })
  })

  it('leaves out invalid headers', async () => {
    const { headers } = await seen({
      HTTP_: 'a',
      'HTTP_X Y': 'b',
      HTTP_X_Y: 'c',
      CONTENT_LENGTH: 'many',
      CONTENT_TYPE: '',
    })
    const { host: _host, ...fields } = Object.fromEntries(headers)
    expect(fields).toEqual({ 'x-y': 'c' })
  })

  it('rejects anything but a function', () => {
    expect(() => toWsgi('no' as unknown as Application)).toThrow(
      new TypeError('toWsgi: the application must be a function, got "no"'),
    )
  })
})
