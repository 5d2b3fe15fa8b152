import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createEnviron, type Exchange, setErrorLog } from '../gateway.ts'
import {
  type Application,
  type Environ,
  empty,
  extend,
  json,
  LintError,
  lint,
  type Middleware,
  mount,
  setRoute,
  stack,
  stream,
  text,
  withHeaders,
  withPath,
} from '../index.ts'
import { client, testEnviron } from '../testing.ts'

/** An environ as a gateway would create it, with some members replaced by invalid ones. */
function broken(
  target: Partial<Record<keyof Environ, unknown>>,
  exchange: Partial<Record<keyof Exchange, unknown>> = {},
): Environ {
  const sound = testEnviron('/path?query')
  const faulty = new Proxy(sound, {
    get: (environ, key) => (key in exchange ? exchange[key as keyof Exchange] : Reflect.get(environ, key)),
  })
  const environ = createEnviron(faulty as Exchange, {
    method: 'GET',
    pathInfo: '/path',
    queryString: 'query',
  })
  return Object.assign(environ, target)
}

const hello: Application = () => text('Hello')
const call = async (app: Application, environ: Environ = testEnviron('/')) =>
  (await lint(app)(environ)).text()
const answering =
  (response: () => Response): (() => Promise<unknown>) =>
  () =>
    call(response)
const withField = (name: string, value: string) => answering(() => text('x', { headers: { [name]: value } }))
const reading =
  (environ: Environ, read: (environ: Environ) => unknown): (() => Promise<unknown>) =>
  () =>
    call((inner) => {
      read(inner)
      return text('')
    }, environ)

/** Violations of each rule: the number, a description, the call and the message. */
const violations: [rule: string, how: string, run: () => unknown, says: RegExp][] = [
  [
    'E1',
    'two arguments',
    () => Reflect.apply(lint(hello), undefined, [testEnviron('/'), 1]),
    /called with 2 arguments/,
  ],
  ['E1', 'an environ that is null', () => lint(hello)(null as never), /the environ is null/],
  ['E2', 'a missing key', () => lint(hello)({ method: 'GET' } as never), /has no 'scheme'/],
  ['E3', 'an empty method', () => call(hello, broken({ method: '' })), /method must be a token, got ""/],
  ['E3', 'a method with a space', () => call(hello, broken({ method: 'GE T' })), /method must be a token/],
  [
    'E4',
    'an unknown scheme',
    () => call(hello, broken({}, { scheme: 'ftp' })),
    /scheme must be http or https, got "ftp"/,
  ],
  ['E5', 'an empty host', () => call(hello, broken({}, { host: '' })), /host must be an authority, got ""/],
  [
    'E5',
    'a host with user information',
    () => call(hello, broken({}, { host: 'a@b' })),
    /host must be an authority/,
  ],
  ['E6', 'a scriptName of /', () => call(hello, broken({ scriptName: '/' })), /not end with '\/', got "\/"/],
  ['E6', 'a scriptName without /', () => call(hello, broken({ scriptName: 'a' })), /start with '\/'/],
  [
    'E7',
    'a pathInfo without a leading /',
    () => call(hello, broken({ pathInfo: 'a' })),
    /pathInfo must be '' or start with/,
  ],
  [
    'E7',
    'a decoded pathInfo',
    () => call(hello, broken({ pathInfo: '/a b' })),
    /percent-encoded, got "\/a b"/,
  ],
  [
    'E7',
    'a pathInfo that is not normalized',
    () => call(hello, broken({ pathInfo: '/caf%c3%a9/%61' })),
    /normalized, as in "\/caf%C3%A9\/a", got "\/caf%c3%a9\/%61"/,
  ],
  ['E7', 'a pathInfo with a query', () => call(hello, broken({ pathInfo: '/a?b' })), /percent-encoded/],
  ['E8', 'no path at all', () => call(hello, broken({ pathInfo: '' })), /both ''/],
  [
    'E9',
    'a queryString with a space',
    () => call(hello, broken({ queryString: 'a b' })),
    /queryString must be/,
  ],
  [
    'E10',
    'a protocol without a version',
    () => call(hello, broken({}, { protocol: 'HTTP' })),
    /like HTTP\/1.1, got "HTTP"/,
  ],
  [
    'E11',
    'a missing remoteAddress',
    () => call(hello, broken({}, { remoteAddress: undefined })),
    /must be an address or ''/,
  ],
  [
    'E12',
    'a missing waitUntil',
    () => call(hello, broken({}, { waitUntil: undefined })),
    /waitUntil must be a function/,
  ],
  [
    'E12',
    'errors without write',
    () => call(hello, Object.defineProperty(testEnviron('/'), 'errors', { value: {} })),
    /method 'write'/,
  ],
  [
    'E13',
    'a gateway without a version',
    () => call(hello, broken({}, { gateway: { name: 'x' } })),
    /name, version, specVersion, multiprocess and stopping/,
  ],
  [
    'E13',
    'a gateway without a stopping signal',
    () => call(hello, broken({}, { gateway: { ...testEnviron('/').gateway, stopping: undefined } })),
    /and stopping/,
  ],
  [
    'E14',
    'a request that is created twice',
    reading(
      createEnviron(
        new Proxy(testEnviron('/'), {
          get: (environ, key) => (key === 'request' ? new Request('http://a/') : Reflect.get(environ, key)),
        }),
        { method: 'GET', pathInfo: '/', queryString: '' },
      ),
      (environ) => [environ.request, environ.request],
    ),
    /request was another object the second time/,
  ],
  [
    'E15',
    'headers in a record',
    reading(broken({}, { headers: {} }), (environ) => environ.headers),
    /must be a Headers/,
  ],
  [
    'E15',
    'a Content-Length of the client that is not a number',
    reading(broken({}, { headers: new Headers({ 'content-length': '1, 1' }) }), (environ) => environ.headers),
    /must be decimal digits, got "1, 1"/,
  ],
  [
    'E16',
    'a request that is not a Request',
    reading(broken({}, { request: {} }), (environ) => environ.request),
    /be a Request/,
  ],
  [
    'E17',
    'a signal that is not an AbortSignal',
    reading(broken({}, { signal: {} }), (environ) => environ.signal),
    /an AbortSignal/,
  ],
  [
    'E18',
    'a finished that is not a promise',
    reading(broken({}, { finished: 1 }), (environ) => environ.finished),
    /be a promise/,
  ],
  [
    'A1',
    'a waitUntil call without a promise',
    reading(testEnviron('/'), ({ waitUntil }) => waitUntil(1 as never)),
    /waitUntil was given 1/,
  ],
  [
    'A2',
    'a reported object',
    reading(testEnviron('/'), ({ errors }) => errors.write({})),
    /neither an Error nor text/,
  ],
  [
    'A3',
    'a thrown string',
    () =>
      call(() => {
        throw 'oops'
      }),
    /threw "oops", not an Error/,
  ],
  [
    'A4',
    'a spread of the environ',
    () => call((environ) => hello({ ...environ } as Environ)),
    /copied with a spread, .* use extend\(environ, \{ … \}\) to add keys/,
  ],
  [
    'A4',
    'a spread inside a mount',
    () =>
      call((environ) => {
        const inner = withPath(environ, { scriptName: '/a', pathInfo: '/b' })
        return hello({ ...inner } as Environ)
      }),
    /copied with a spread/,
  ],
  [
    'A4',
    'a rest pattern',
    () =>
      call((environ) => {
        const { method, ...rest } = environ
        return text(method + rest.pathInfo)
      }),
    /a rest pattern/,
  ],
  ['A4', 'Object.assign', () => call((environ) => hello(Object.assign({}, environ))), /Object\.assign/],
  [
    'E19',
    'an upgrade without accept',
    () => call(hello, broken({}, { upgrade: { protocols: [] } })),
    /a method 'accept'/,
  ],
  [
    'E20',
    'a route that is not a pattern from the root',
    () =>
      call((environ) => {
        setRoute(environ, 'users')
        return text('')
      }),
    /starts with '\/', got "users"/,
  ],
  ['A3', 'a rejection without reason', () => call(() => Promise.reject()), /threw undefined/],
  [
    'R1',
    'a returned string',
    () => lint((() => 'Hello') as never)(testEnviron('/')),
    /returned "Hello", not a Response/,
  ],
  ['R1', 'nothing returned', () => lint((async () => {}) as never)(testEnviron('/')), /returned undefined/],
  [
    'R2',
    'one Response for all requests',
    async () => {
      const same = empty()
      const app = lint(() => same)
      await app(testEnviron('/'))
      await app(testEnviron('/'))
    },
    /the same Response was returned twice/,
  ],
  ['R3', 'a network error', answering(() => Response.error()), /from 200 to 599, got 0/],
  [
    'R4',
    'a body that was read',
    async () => {
      const response = new Response('x')
      await response.text()
      await call(() => response)
    },
    /already read/,
  ],
  [
    'R4',
    'a locked body',
    answering(() => {
      const response = stream(['x'])
      response.body?.getReader()
      return response
    }),
    /is locked/,
  ],
  ['R5', 'a control character', withField('x-a', 'a\x01b'), /'x-a' has a control character/],
  ...['Connection', 'Keep-Alive', 'Proxy-Connection', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'].map(
    (name): (typeof violations)[number] => ['R6', name, withField(name, 'close'), /is hop-by-hop/],
  ),
  ['R7', 'a field named Status', withField('Status', '200 OK'), /'Status' is not a response field/],
  ['R8', 'a cookie without =', withField('Set-Cookie', 'flag'), /name=value, got "flag"/],
  ['R8', 'two cookies in one field', withField('Set-Cookie', 'a=1, b=2'), /name=value/],
  [
    'R9',
    'a Content-Type without a body',
    answering(() => empty(204, { headers: { 'content-type': 'a/b' } })),
    /status 204 has no body/,
  ],
  [
    'R10',
    'a Content-Length that is not a number',
    withField('Content-Length', 'ten'),
    /decimal digits, got "ten"/,
  ],
  [
    'R10',
    'a Content-Length on 204',
    answering(() => empty(204, { headers: { 'content-length': '0' } })),
    /must not have a Content-L/,
  ],
  ['R11', 'a Location with a space', withField('Location', '/a b'), /Location must be a URI/],
  ['R12', '405 without Allow', answering(() => empty(405)), /405 needs Allow/],
  [
    'B1',
    'a chunk of text',
    answering(
      () =>
        new Response(new ReadableStream({ start: (controller) => controller.enqueue('text') }), {
          headers: { 'content-type': 'text/plain' },
        }),
    ),
    /a chunk of the body is "text"/,
  ],
  [
    'B2',
    'a wrong Content-Length',
    answering(() => text('four', { headers: { 'content-length': '5' } })),
    /body has 4 bytes/,
  ],
  [
    'B2',
    'a stream with a wrong Content-Length',
    answering(() => stream(['a'], { headers: { 'content-length': '2' } })),
    /has 1 bytes/,
  ],
  [
    'M1',
    'a path changed in place',
    () => call((environ) => hello(Object.assign(environ, { pathInfo: '/other' }))),
    /pathInfo was changed in place/,
  ],
]

describe('lint', () => {
  it.each(violations)('%s is broken by %s', async (number, _, run, says) => {
    const error = await Promise.resolve()
      .then(run)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(error).toBeInstanceOf(LintError)
    expect(error).toMatchObject({ rule: number, message: expect.stringMatching(says) })
    expect((error as Error).message).toContain(`SPEC.md, rule ${number}`)
  })

  it('has a test case for every rule that it checks', () => {
    const sources = ['lint.ts', 'environ-rules.ts', 'watch-environ.ts', 'response-rules.ts'].map((file) =>
      readFileSync(new URL(file, import.meta.url), 'utf8'),
    )
    const checked = new Set(
      [...sources.join('').matchAll(/(?:rule|LintError)\(\s*'([A-Z]\d+)'/g)].map(([, number]) => number),
    )
    expect([...new Set(violations.map(([number]) => number))].sort()).toEqual([...checked].sort())
  })

  it('reports a finished promise that rejects', async () => {
    const breach = new Promise<unknown>((resolve) => {
      const listeners = process.listeners('unhandledRejection')
      process.removeAllListeners('unhandledRejection')
      process.once('unhandledRejection', (error) => {
        for (const listener of listeners) process.on('unhandledRejection', listener)
        resolve(error)
      })
    })
    const environ = broken({}, { finished: Promise.reject(new Error('x')) })
    await reading(environ, ({ finished }) => finished.catch(() => {}))()
    expect(await breach).toMatchObject({ rule: 'E18' })
  })

  it('rejects an application that is not a function', () => {
    expect(() => lint({} as never)).toThrow(
      new TypeError('lint: the application must be a function, got object'),
    )
  })

  it('returns synchronously if the application does', () => {
    expect(lint(hello)(testEnviron('/'))).toBeInstanceOf(Response)
  })

  it('does not read a stream', async () => {
    const pulled: number[] = []
    function* chunks() {
      for (const n of [1, 2]) {
        pulled.push(n)
        yield String(n)
      }
    }
    const response = await lint(() => stream(chunks()))(testEnviron('/'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(pulled).toEqual([])
    expect(await response.text()).toBe('12')
  })

  it('passes on a cancellation to the application', async () => {
    let returned = false
    async function* chunks() {
      try {
        for (;;) yield 'x'
      } finally {
        returned = true
      }
    }
    const response = await lint(() => stream(chunks()))(testEnviron('/'))
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(returned).toBe(true)
  })

  it('passes on keys that middleware adds and paths that mounts change', async () => {
    const app = lint(
      mount('/api', (environ) => json([environ.scriptName, environ.pathInfo, environ.request.url]))(hello),
    )
    const outer = extend(testEnviron('/api/users'), { extra: 1 })
    const response = await lint<{ extra: number }>((environ) => {
      expect(environ.extra).toBe(1)
      return app(environ)
    })(outer)
    expect(await response.json()).toEqual(['/api', '/users', 'http://localhost/api/users'])
    expect(outer.pathInfo).toBe('/api/users')
  })

  it('checks inside a mount, too', async () => {
    const app: Application = (environ) => {
      const inner = withPath(environ, { scriptName: '/a', pathInfo: '/b' })
      inner.waitUntil('no promise' as never)
      return text('')
    }
    await expect(call(app)).rejects.toMatchObject({ rule: 'A1' })
  })

  it.each<[string, () => Response]>([
    ['bytes', () => new Response(new Uint8Array([1, 2]))],
    ['a stream', () => new Response(new Blob(['x']).stream())],
    ['text whose type was deleted', () => withHeaders(text('x'), { 'content-type': null })],
  ])('accepts %s without a Content-Type', async (_, make) => {
    const response = await client(make).get('/')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, null])
    expect((await response.bytes()).byteLength).toBeGreaterThan(0)
  })

  it('lets a middleware set another error log, even if one around it has read the log before', async () => {
    const problems: unknown[] = []
    const reads: Middleware = (app) => (environ) => {
      expect(environ.errors).toBeDefined()
      return app(environ)
    }
    const sets: Middleware = (app) => (environ) => {
      setErrorLog(environ, { write: (problem) => problems.push(problem) })
      return app(environ)
    }
    const web = client(
      stack(
        reads,
        sets,
      )(({ errors }) => {
        errors.write('a problem')
        return empty()
      }),
    )
    await web.get('/')
    expect(problems).toEqual(['a problem'])
    expect(web.errors).toEqual([])
  })

  it('finds a middleware that copies the environ with a spread', async () => {
    const user: Middleware<{ user: string }> = (app) => (environ) => app({ ...environ, user: 'Ada' })
    const web = client(stack(user)(({ user }) => text(user)))
    await expect(web.get('/')).rejects.toMatchObject({ rule: 'A4' })
  })

  it('accepts a Content-Length in the response to HEAD', async () => {
    const app = lint(() => empty(200, { headers: { 'content-type': 'text/plain', 'content-length': '5' } }))
    expect((await app(testEnviron('/', { method: 'HEAD' }))).status).toBe(200)
  })
})
