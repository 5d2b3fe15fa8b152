import { describe, expect, it } from 'vitest'
import {
  type Application,
  errorOf,
  errorResponse,
  extend,
  HttpError,
  handle,
  type Middleware,
  mapBody,
  mapText,
  setRoute,
  stack,
  text,
  withHeaders,
  withStatus,
} from '../index.ts'
import { client, testEnviron } from '../testing.ts'

const throwing =
  (error: unknown): Application =>
  () => {
    throw error
  }
const rejecting =
  (error: unknown): Application =>
  async () => {
    throw error
  }

async function run(app: unknown) {
  const reported: unknown[] = []
  const environ = testEnviron('/users/7', {}, { errors: { write: (problem) => reported.push(problem) } })
  return { response: await handle(app as Application, environ), reported }
}

/** A value that throws on every operation. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('handle', () => {
  it('returns the response of the application, synchronously if the application does', async () => {
    const response = text('x')
    expect(handle(() => response, testEnviron('/'))).toBe(response)
    expect(await handle(async () => response, testEnviron('/'))).toBe(response)
    expect(handle(throwing(new HttpError(404)), testEnviron('/'))).toBeInstanceOf(Response)
  })

  it('passes on keys that were added to the environ', async () => {
    const environ = extend(testEnviron('/'), { user: 'Ada' })
    const app: Application<{ user: string }> = ({ user }) => text(user)
    expect(await (await handle(app, environ)).text()).toBe('Ada')
  })

  it('does not wait again for a promise that it has already handled', async () => {
    const environ = testEnviron('/')
    const promise = handle(async () => text('x'), environ)
    expect(handle(() => promise, environ)).toBe(promise)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['"Hello"', 'Hello'],
    ['an array', ['Hello']],
    ['an instance of Object', { status: 200 }],
    ['200', 200],
  ])('returns 500 and reports the request if the application returns %s', async (described, wrong) => {
    for (const app of [() => wrong, async () => wrong]) {
      const { response, reported } = await run(app)
      expect(response.status).toBe(500)
      expect(reported).toEqual([
        new TypeError(`GET /users/7: the application returned ${described}, not a Response`),
      ])
    }
  })

  it('suspects a factory that was not called if the application returns a function', async () => {
    const { reported } = await run(() => () => text('x'))
    expect(String(reported[0])).toMatch(
      /returned a function, not a Response. Is it a middleware factory that was/,
    )
  })

  it('names the route if the application does not return a Response', async () => {
    const { reported } = await run((environ: Parameters<Application>[0]) => {
      setRoute(environ, '/users/:id')
    })
    expect(String(reported[0])).toBe(
      'TypeError: GET /users/7 (/users/:id): the application returned undefined, not a Response',
    )
  })

  it('turns every error into a response', async () => {
    const error = new Error('x')
    for (const app of [rejecting(error), throwing(error)]) {
      const { response, reported } = await run(app)
      expect([response.status, reported]).toEqual([500, [error]])
    }
    for (const app of [rejecting(new HttpError(404)), throwing(new HttpError(404))]) {
      const { response, reported } = await run(app)
      expect([response.status, reported]).toEqual([404, []])
    }
  })

  it.each<[string, unknown]>([
    ['a revoked proxy', revoked()],
    [
      'an object that throws when it is read',
      new Proxy({}, { get: () => expect.fail(), getPrototypeOf: () => expect.fail() }),
    ],
    ['an HttpError with an invalid status', Object.assign(new HttpError(404), { status: 1 })],
    ['an HttpError with invalid headers', Object.assign(new HttpError(404), { headers: 7 })],
    ['an error without a prototype', Object.setPrototypeOf(new Error('x'), null)],
    ['a symbol', Symbol('x')],
    ['undefined', undefined],
  ])('returns 500 and one report if the application throws %s', async (name, thrown) => {
    for (const app of [throwing(thrown), rejecting(thrown)]) {
      const { response, reported } = await run(app)
      expect([response.status, await response.json()]).toEqual([
        500,
        { type: 'about:blank', title: 'Internal Server Error', status: 500 },
      ])
      expect(reported.at(-1)).toBeInstanceOf(Error)
      // An HttpError that cannot be read, and the reason.
      expect(reported).toHaveLength(name.startsWith('an HttpError') ? 2 : 1)
    }
  })

  it.each<[string, unknown]>([
    ['a revoked proxy', revoked()],
    [
      'a promise with its own then',
      Object.defineProperty(Promise.resolve(text('x')), 'then', { value: () => undefined }),
    ],
    [
      'a promise whose own then rejects',
      Object.defineProperty(Promise.resolve(text('x')), 'then', {
        value: () => Promise.reject(new Error('x')),
      }),
    ],
    ['a promise of a revoked proxy', Promise.resolve([]).then(() => [revoked()])],
    [
      'a promise of an object whose prototype cannot be read',
      Promise.resolve(new Proxy({}, { getPrototypeOf: () => expect.fail() })),
    ],
  ])('returns a response if the application returns %s', async (_, wrong) => {
    const { response } = await run(() => wrong)
    expect(response).toBeInstanceOf(Response)
  })
})

describe('errorOf', () => {
  it('returns the thrown value, whatever it is', async () => {
    for (const thrown of [new Error('x'), new HttpError(404), 'text', null, revoked()]) {
      expect(errorOf((await run(throwing(thrown))).response)).toBe(thrown)
    }
    const { response, reported } = await run(throwing(undefined))
    expect(String(errorOf(response))).toBe('TypeError: The application threw undefined, not an Error')
    expect(reported).toEqual([errorOf(response)])
    const error = new HttpError(403)
    expect(errorOf(errorResponse(error, testEnviron('/')))).toBe(error)
  })

  it('returns undefined for a response that was not created from an error', async () => {
    expect(errorOf(text('x'))).toBeUndefined()
    expect(errorOf((await run(() => text('x', { status: 500 }))).response)).toBeUndefined()
  })

  it('still returns the error after every function that changes a response', async () => {
    const error = new HttpError(404)
    const make = async (accept = '*/*') => errorResponse(error, testEnviron('/', { headers: { accept } }))
    expect(errorOf(withHeaders(await make(), { 'x-a': '1' }))).toBe(error)
    expect(errorOf(withHeaders(await make(), new Headers({ 'x-a': '1' })))).toBe(error)
    expect(errorOf(withStatus(await make(), 410))).toBe(error)
    expect(errorOf(withStatus(await make(), 204))).toBe(error)
    expect(errorOf(await mapText(await make(), (text) => text))).toBe(error)
    expect(errorOf(mapBody(await make(), (body) => body))).toBe(error)
    const touched = await make()
    void touched.body
    expect(errorOf(withHeaders(touched, { 'x-a': '1' }))).toBe(error)
    expect(
      errorOf(
        withStatus(
          mapBody(await make(), (body) => body),
          410,
        ),
      ),
    ).toBe(error)
    const streamed = mapBody(await make(), (body) => body)
    expect(errorOf(await mapText(streamed, (text) => text))).toBe(error)
  })
})

describe('an error inside a stack', () => {
  const stamp =
    (name: string): Middleware =>
    (app) =>
    async (environ) =>
      withHeaders(await app(environ), { [name]: '1' })
  const syncStamp =
    (name: string): Middleware =>
    (app) =>
    (environ) => {
      const response = app(environ)
      return response instanceof Promise ? response : withHeaders(response, { [name]: '1' })
    }
  const broken = new Error('broken')
  const breaking: Middleware = () => throwing(broken)
  const breakingAfterwards: Middleware = (app) => async (environ) => {
    await app(environ)
    throw broken
  }
  const quiet = (app: Application) => client(app, { errors: { write() {} } })

  it.each<[string, Application]>([
    ['the application', stack(stamp('x-a'), stamp('x-b'))(throwing(broken))],
    ['an asynchronous application', stack(stamp('x-a'), stamp('x-b'))(rejecting(broken))],
    ['a layer', stack(stamp('x-a'), stamp('x-b'), breaking, stamp('x-c'))(() => text(''))],
    ['a layer after the application', stack(stamp('x-a'), stamp('x-b'), breakingAfterwards)(() => text(''))],
    ['an inner stack', stack(stamp('x-a'), stack(stamp('x-b')))(stack(breaking)(() => text('')))],
    ['the first layer of an inner stack', stamp('x-a')(stamp('x-b')(stack(breaking)(() => text(''))))],
    ['a synchronous stack', stack(syncStamp('x-a'), syncStamp('x-b'))(throwing(broken))],
  ])('becomes a 500 response for the outer layers and is reported once if thrown by %s', async (_, app) => {
    const web = quiet(app)
    const response = await web.get('/')
    expect(response.status).toBe(500)
    expect([response.headers.get('x-a'), response.headers.get('x-b')]).toEqual(['1', '1'])
    expect(response.headers.has('x-c')).toBe(false)
    expect(web.errors).toEqual([broken])
  })

  it('is returned by errorOf to the outer layers', async () => {
    const seen: unknown[] = []
    const page: Middleware = (app) => async (environ) => {
      const response = await app(environ)
      seen.push(errorOf(response))
      return response.status < 500 ? response : text('Something went wrong', { status: 500 })
    }
    const response = await quiet(stack(page, stamp('x-a'))(rejecting(broken))).get('/')
    expect(await response.text()).toBe('Something went wrong')
    expect(seen).toEqual([broken])
  })

  it('does not make a synchronous application asynchronous', () => {
    const app = stack(syncStamp('x-a'), syncStamp('x-b'))(() => text(''))
    expect(app(testEnviron('/'))).toBeInstanceOf(Response)
  })

  it('keeps the properties of the application, such as the routes of a router', () => {
    const key = Symbol('key')
    const described = Object.assign(() => text(''), { routes: () => ['/'], [key]: 1 })
    const seen = (app: object) => [Reflect.get(app, 'routes'), Reflect.get(app, key)]
    expect(seen(stack(stamp('x-a'), stack(stamp('x-b')))(described))).toEqual([described.routes, 1])
    const other: Middleware = <E extends object>(app: Application<E>) => {
      const wrapped: Application<E> = (environ) => app(environ)
      return Object.assign(wrapped, { routes: 'own' })
    }
    expect(seen(stack(stamp('x-a'), other, stamp('x-b'))(described))).toEqual(['own', 1])
  })

  it('creates no functions per request', () => {
    const inner: Application[] = []
    const watching: Middleware = (app) => (environ) => {
      inner.push(app as Application)
      return app(environ)
    }
    const app = stack(watching, stamp('x-a'))(() => text(''))
    app(testEnviron('/'))
    app(testEnviron('/'))
    expect(inner[0]).toBe(inner[1])
  })
})
