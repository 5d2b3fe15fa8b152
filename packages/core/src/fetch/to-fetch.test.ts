import { Hono } from 'hono'
import { mount as honoMount } from 'hono/mount'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { enableWebSockets } from '../gateway.ts'
import {
  type Application,
  type Environ,
  type Finished,
  HttpError,
  json,
  lint,
  mount,
  sse,
  stream,
  text,
  toFetch,
} from '../index.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))
const request = (path: string, init?: RequestInit) => new Request(`http://localhost${path}`, init)
const silent = { errors: { write() {} } }
const context = () => {
  const waited: Promise<unknown>[] = []
  return {
    waited,
    waitUntil: (promise: Promise<unknown>) => void waited.push(promise),
    passThroughOnException() {},
    props: {},
  }
}

/** An endless counter and a record of its steps. */
function endless() {
  const steps: string[] = []
  async function* count() {
    try {
      for (let n = 0; ; n++) yield `${n} `
    } finally {
      steps.push('finally')
    }
  }
  return { steps, count }
}

describe('toFetch', () => {
  const seen: Application = lint(
    ({ method, scheme, host, scriptName, pathInfo, queryString, protocol, remoteAddress }) =>
      json({ method, scheme, host, scriptName, pathInfo, queryString, protocol, remoteAddress }),
  )

  it('creates an environ from the request', async () => {
    const response = await toFetch(seen)(
      new Request('https://ü.example:8443/a%20b/?c=d#e', { method: 'POST' }),
    )
    expect(await response.json()).toEqual({
      method: 'POST',
      scheme: 'https',
      host: 'xn--tda.example:8443',
      scriptName: '',
      pathInfo: '/a%20b/',
      queryString: 'c=d',
      protocol: 'HTTP/1.1',
      remoteAddress: '',
    })
  })

  it('passes the request itself and its headers', async () => {
    const given = request('/', { method: 'POST', body: 'Hello', headers: { 'x-a': '1' } })
    const app: Application = async (environ) => {
      expect(environ.request).toBe(given)
      expect(environ.headers.get('x-a')).toBe('1')
      return text(await environ.request.text())
    }
    expect(await (await toFetch(app)(given)).text()).toBe('Hello')
  })

  it('passes the id of the request to the application, and leaves the request unchanged', async () => {
    const given = request('/')
    const app: Application = ({ headers }) => text(String(headers.get('x-request-id')))
    const response = await toFetch(app, { observers: [{ needsRequestId: true }] })(given)
    const id = response.headers.get('x-request-id')
    expect(id).toMatch(/^[\w-]{36}$/)
    expect(await response.text()).toBe(id)
    expect(given.headers.has('x-request-id')).toBe(false)
  })

  it('rejects unknown options', () => {
    const options = { remoteAdress: () => '' } as object
    expect(() => toFetch(() => text(''), options)).toThrow(
      new TypeError("toFetch: unknown option 'remoteAdress', did you mean 'remoteAddress'?"),
    )
  })

  it('aborts the signal of the environ with the signal of the request', async () => {
    const controller = new AbortController()
    const app: Application = ({ signal }) => {
      controller.abort('left')
      return text(String(signal.reason))
    }
    const response = await toFetch(app)(request('/', { signal: controller.signal }))
    expect(await response.text()).toBe('left')
  })

  it('aborts the signal when the runtime cancels the body of the response', async () => {
    const aborted = Promise.withResolvers<unknown>()
    async function* firstOnly() {
      yield 'first'
      await new Promise(() => {})
    }
    const app: Application = ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve(signal.reason))
      return stream(firstOnly())
    }
    const reader = (await toFetch(app)(request('/'))).body!.getReader()
    await reader.read()
    void reader.cancel('left')
    expect(await aborted.promise).toBe('left')
  })

  it('passes the arguments of the runtime to remoteAddress and as gateway.native', async () => {
    const server = { ip: '192.0.2.1' }
    const fetch = toFetch(
      ({ remoteAddress, gateway }) => {
        expect(gateway.native).toEqual([server])
        return text(remoteAddress)
      },
      { remoteAddress: (_, server) => (server as { ip: string }).ip },
    )
    expect(await (await fetch(request('/'), server)).text()).toBe('192.0.2.1')
  })

  it('turns an error that the application throws into a response and reports it', async () => {
    const reported: unknown[] = []
    const error = new Error('secret')
    const fail = (error: Error) =>
      toFetch(
        () => {
          throw error
        },
        { errors: { write: (problem) => reported.push(problem) } },
      )
    const response = await fail(error)(request('/'))
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect((await fail(new HttpError(404))(request('/'))).status).toBe(404)
    expect(reported).toEqual([error])
  })

  it.each(['a/env?', 'a b', 'a, b', 'user@a', 'a#', 'a:b', ''])(
    'returns 400 if the Host field is %j, without calling the application',
    async (host) => {
      // Deno and Workers create the URL from the field, so the field can choose the path.
      const url = URL.parse(`http://${host}/404`)?.href ?? 'http://a/404'
      const given = Object.defineProperties(request('/'), {
        url: { value: url },
        headers: { value: new Headers({ host }) },
      })
      const app = () => expect.fail('was called')
      const response = await toFetch(app)(given)
      expect([response.status, (await response.json()).detail]).toEqual([400, 'The host is invalid.'])
    },
  )

  it('returns 400 if the URL is relative, as on Bun for an invalid Host field', async () => {
    const given = Object.defineProperty(new Request('http://a/'), 'url', { value: '/404' })
    expect((await toFetch(() => expect.fail('was called'))(given)).status).toBe(400)
  })

  it('accepts a request with a valid Host field or without one', async () => {
    const app: Application = ({ host }) => text(host)
    for (const headers of [{}, { host: 'a.example:8080' }, { host: 'A.Example:8080' }]) {
      const given = Object.defineProperty(new Request('http://a.example:8080/'), 'headers', {
        value: new Headers(headers),
      })
      expect(await (await toFetch(app)(given)).text()).toBe('a.example:8080')
    }
  })

  it.each(['about:blank', 'data:text/plain,x', 'http://a"b/', 'http://a{b}/'])(
    'returns 400 for %s, without calling the application',
    async (url) => {
      let called = false
      const app = () => {
        called = true
        return text('')
      }
      expect((await toFetch(app)(new Request(url))).status).toBe(400)
      expect(called).toBe(false)
    },
  )

  it('sets gateway.multiprocess unless the option is false', async () => {
    const app: Application = ({ gateway }) => json(gateway.multiprocess)
    expect(await (await toFetch(app)(request('/'))).json()).toBe(true)
    expect(await (await toFetch(app, { multiprocess: false })(request('/'))).json()).toBe(false)
  })

  it('rejects an application that is not a function', () => {
    expect(() => toFetch({} as Application)).toThrow(
      new TypeError('toFetch: the application must be a function, got an instance of Object'),
    )
  })

  it('passes promises to the execution context, and reports rejections', async () => {
    const reported: unknown[] = []
    const { waited, ...surroundings } = context()
    const error = new Error('later')
    const app: Application = ({ waitUntil }) => {
      waitUntil(Promise.reject(error))
      return text('')
    }
    await toFetch(app, { errors: { write: (problem) => reported.push(problem) } })(
      request('/'),
      {},
      surroundings,
    )
    await Promise.all(waited)
    expect(waited).toHaveLength(1)
    expect(reported).toEqual([error])
  })

  it.each([[[]], [[{}, null]], [[{}, { waitUntil: 1 }]]])(
    'reports a rejection if the runtime passes %j, without waitUntil',
    async (surroundings) => {
      const reported: unknown[] = []
      const app: Application = ({ waitUntil }) => {
        waitUntil(Promise.reject(new Error('later')))
        return text('')
      }
      await toFetch(app, { errors: { write: (problem) => reported.push(problem) } })(
        request('/'),
        ...surroundings,
      )
      await tick()
      expect(reported).toEqual([new Error('later')])
    },
  )

  describe('in response to HEAD', () => {
    it('returns no body, and cancels it', async () => {
      const { steps, count } = endless()
      const response = await toFetch(() => stream(count(), { headers: { 'x-a': '1' } }))(
        request('/', { method: 'HEAD' }),
      )
      expect([response.status, response.headers.get('x-a'), response.body]).toEqual([200, '1', null])
      // The generator never began, so its finally does not run.
      expect(steps).toEqual([])
    })

    it('reports a body that cannot be cancelled', async () => {
      const reported: unknown[] = []
      const error = new Error('cannot')
      const body = new ReadableStream({ cancel: () => Promise.reject(error) })
      const fetch = toFetch(() => new Response(body), {
        errors: { write: (problem) => reported.push(problem) },
      })
      await fetch(request('/', { method: 'HEAD' }))
      await tick()
      expect(reported).toEqual([error])
    })
  })

  describe('environ.finished tells how the response ended', () => {
    /** Returns the value of `finished` after `end` has handled the response. */
    async function finishedOf(
      app: Application,
      end: (response: Response) => unknown = (response) => response.text(),
      init?: RequestInit,
    ): Promise<Finished> {
      let finished: Promise<Finished> | undefined
      const fetch = toFetch((environ) => {
        finished = environ.finished
        return app(environ)
      }, silent)
      await end(await fetch(request('/', init)))
      return finished!
    }
    const whole = (bytes: number) => ({ bytes, aborted: false, duration: expect.any(Number) })

    it.each<[string, Application, number]>([
      ['text', () => text('grüße'), 7],
      ['a stream', () => stream(['ab', 'c']), 3],
      ['no body', () => new Response(null), 0],
    ])('for %s', async (_, app, bytes) => {
      expect(await finishedOf(app)).toEqual(whole(bytes))
    })

    it('in response to HEAD', async () => {
      expect(await finishedOf(() => text('x'), undefined, { method: 'HEAD' })).toEqual(whole(0))
      expect(await finishedOf(() => new Response(null), undefined, { method: 'HEAD' })).toEqual(whole(0))
    })

    it('after an error of the application', async () => {
      const { bytes, aborted } = await finishedOf(() => {
        throw new Error('x')
      })
      expect(bytes).toBeGreaterThan(0)
      expect(aborted).toBe(false)
    })

    it('after an error of the body', async () => {
      const error = new Error('broken')
      async function* broken() {
        yield 'ab'
        throw error
      }
      const finished = await finishedOf(
        () => stream(broken()),
        (response) => expect(response.text()).rejects.toBe(error),
      )
      expect(finished).toEqual({ bytes: 2, aborted: true, error, duration: expect.any(Number) })
    })

    it('if the client disconnects, which cancels the body', async () => {
      const { steps, count } = endless()
      const finished = await finishedOf(
        () => stream(count()),
        async (response) => {
          const reader = response.body!.getReader()
          await reader.read()
          await reader.cancel('left')
        },
      )
      expect(finished).toMatchObject({ bytes: 2, aborted: true, error: 'left' })
      expect(steps).toEqual(['finally'])
    })

    it('if the body was already read, which is a 500', async () => {
      const app: Application = async () => {
        const response = new Response('x')
        await response.text()
        return response
      }
      let status = 0
      const finished = await finishedOf(app, async (response) => {
        status = response.status
        await response.text()
      })
      expect(status).toBe(500)
      expect(finished.aborted).toBe(false)
    })

    it('if it is first read after the response was returned', async () => {
      let late: Environ | undefined
      const fetch = toFetch((environ) => {
        late = environ
        return text('grüße')
      })
      await fetch(request('/'))
      expect(await late!.finished).toEqual(whole(7))
    })
  })
})

describe('an application in Hono', () => {
  const { count, steps } = endless()
  const app = lint(
    mount('/stream', () => stream(count()))(
      mount('/fail', () => {
        throw new HttpError(418, 'Teapot')
      })(async ({ scriptName, pathInfo, queryString, method, request, gateway }) =>
        json({ scriptName, pathInfo, queryString, method, body: await request.text(), env: gateway.native }),
      ),
    ),
  )
  const fetch = toFetch(app, silent)
  const hono = new Hono()
    .get('/own', (c) => c.text('Hono'))
    .all('/mounted/*', honoMount(fetch))
    .all('*', (c) => fetch(c.req.raw, c.env, c.executionCtx))
  const call = (path: string, init?: RequestInit) =>
    hono.fetch(request(path, init), { KEY: 'value' }, context())

  it('works alongside the routes of Hono', async () => {
    expect(await (await call('/own')).text()).toBe('Hono')
    expect(await (await call('/other?a=%20b', { method: 'PUT', body: 'Hello' })).json()).toMatchObject({
      pathInfo: '/other',
      queryString: 'a=%20b',
      method: 'PUT',
      body: 'Hello',
      env: [{ KEY: 'value' }, { props: {} }],
    })
  })

  it('can be mounted', async () => {
    expect(await (await call('/mounted/a%20b?c', { method: 'POST', body: 'Hello' })).json()).toMatchObject({
      scriptName: '',
      pathInfo: '/a%20b',
      queryString: 'c',
      body: 'Hello',
    })
  })

  it('streams, and is cancelled when its client disconnects', async () => {
    const reader = (await call('/stream')).body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('0 ')
    await reader.cancel()
    expect(steps).toEqual(['finally'])
  })

  it('turns its own errors into responses', async () => {
    const response = await call('/fail')
    expect([response.status, (await response.json()).detail]).toEqual([418, 'Teapot'])
  })

  it('is aborted by the signal of the request', async () => {
    const controller = new AbortController()
    let reason: unknown
    const waiting = toFetch(async ({ signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      reason = signal.reason
      return text('')
    })
    const answered = new Hono()
      .all('*', (c) => waiting(c.req.raw))
      .fetch(request('/', { signal: controller.signal }))
    await tick()
    controller.abort('left')
    await answered
    expect(reason).toBe('left')
  })
})

describe('WebSockets', () => {
  const headers = {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': 'chat',
  }
  afterEach(() => vi.unstubAllGlobals())

  it('can be accepted on Workers once they are enabled, even if that was after toFetch', async () => {
    vi.stubGlobal('WebSocketPair', class {})
    const seen: unknown[] = []
    const fetch = toFetch(({ upgrade, gateway }) => {
      seen.push([upgrade?.protocols, gateway.webSockets])
      return text('')
    }, silent)
    await fetch(request('/', { headers }))
    enableWebSockets()
    await fetch(request('/', { headers }))
    await fetch(request('/'))
    expect(seen).toEqual([
      [undefined, false],
      [['chat'], true],
      [undefined, true],
    ])
  })

  it('are closed when the process starts to stop', async () => {
    vi.stubGlobal('Deno', {
      upgradeWebSocket: () => ({ socket: new EventTarget(), response: new Response(null) }),
    })
    enableWebSockets()
    const stopping = new AbortController()
    const codes: number[] = []
    const open = () => ({
      closed: new Promise<void>(() => {}),
      stopping() {},
      close: (code: number) => codes.push(code),
    })
    const fetch = toFetch(({ upgrade }) => upgrade!.accept(open), { stopping: stopping.signal })
    await fetch(request('/', { headers }))
    expect(codes).toEqual([])
    stopping.abort()
    expect(codes).toEqual([1001])
  })
})

describe('the option stopping', () => {
  it('ends event streams cleanly, and aborts gateway.stopping', async () => {
    const steps: unknown[] = []
    async function* events({ signal, gateway }: Environ) {
      try {
        yield 'first'
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      } finally {
        steps.push(gateway.stopping.aborted)
      }
    }
    const controller = new AbortController()
    const fetch = toFetch(
      lint((environ) => sse(events(environ))),
      { stopping: controller.signal },
    )
    const { waited, ...execution } = context()
    const response = await fetch(request('/'), {}, execution)
    const reader = response.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: first\n\n')
    const end = reader.read()
    controller.abort('stop')
    expect(await end).toEqual({ done: true, value: undefined })
    // The runtime waits for the generator.
    await Promise.all(waited)
    expect(steps).toEqual([true])
  })
})
