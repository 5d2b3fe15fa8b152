import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { type Application, type Environ, errorResponse, HttpError, toFetch } from '../index.ts'
import { client, testEnviron } from '../testing.ts'

const throwing =
  (error: unknown): Application =>
  () => {
    throw error
  }
/** A client that only logs to its `errors`. */
const quiet = (app: Application) => client(app, { errors: { write() {} } })
const json = async (error: unknown) => (await quiet(throwing(error)).get('/')).json()

describe('HttpError', () => {
  it('uses the reason phrase as its message without a detail', () => {
    expect(new HttpError(404).message).toBe('Not Found')
    expect(new HttpError(404, 'No user 7').message).toBe('No user 7')
    expect(new HttpError(404)).toMatchObject({
      name: 'HttpError',
      status: 404,
      detail: undefined,
      type: 'about:blank',
    })
  })

  it('has a cause if one is given, even undefined', () => {
    const cause = new Error('inner')
    expect(new HttpError(502, 'x', { cause }).cause).toBe(cause)
    expect('cause' in new HttpError(502)).toBe(false)
    expect('cause' in new HttpError(502, 'x', { cause: undefined })).toBe(true)
  })

  it.each([200, 399, 600, 404.5, Number.NaN, '404' as unknown as number])(
    'rejects the status %s',
    (status) => {
      expect(() => new HttpError(status)).toThrow(
        new RangeError(`HttpError: status must be from 400 to 599, got ${status}`),
      )
    },
  )

  it('rejects an invalid header field', () => {
    expect(() => new HttpError(401, 'x', { headers: { 'www-authenticate': 'a\r\nb: c' } })).toThrow(TypeError)
  })
})

describe('a thrown HttpError', () => {
  it('becomes problem details', async () => {
    const error = new HttpError(422, 'Too short', {
      type: 'https://example.org/length',
      extensions: { min: 3 },
    })
    const response = await quiet(throwing(error)).get('/')
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'https://example.org/length',
      title: 'Unprocessable Content',
      status: 422,
      detail: 'Too short',
      min: 3,
    })
  })

  it('has standard members that extensions cannot replace', async () => {
    const extensions = { type: 'x', title: 'x', status: 200, detail: 'x', toJSON: () => 'x', instance: '/7' }
    expect(await json(new HttpError(404, undefined, { extensions }))).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      instance: '/7',
    })
  })

  it('becomes a response and is reported if its extensions have no JSON form', async () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const web = quiet(throwing(new HttpError(409, 'Clash', { extensions: { cycle } })))
    const response = await web.get('/')
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Clash',
    })
    expect(web.errors).toEqual([expect.any(TypeError)])
  })

  it('sends __proto__ in the extensions as plain data', async () => {
    const extensions = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>
    const response = await quiet(throwing(new HttpError(400, 'x', { extensions }))).get('/')
    expect(await response.text()).toContain('"__proto__":{"polluted":true}')
  })

  it('keeps its headers with every Set-Cookie, but not their Content-Type', async () => {
    const headers = new Headers({ 'retry-after': '5', vary: 'Cookie', 'content-type': 'text/x' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    const response = await quiet(throwing(new HttpError(429, 'Slow down', { headers }))).get('/')
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('vary')).toBe('Cookie, Accept')
  })

  it('can be thrown twice', async () => {
    const same = quiet(throwing(new HttpError(404)))
    const [first, second] = [await same.get('/'), await same.get('/')]
    expect([first.headers.get('vary'), second.headers.get('vary')]).toEqual(['Accept', 'Accept'])
  })

  it.each([
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['text/*', 'text/html; charset=utf-8'],
    ['application/json, text/html;q=0.9', 'application/problem+json'],
    ['*/*', 'application/problem+json'],
    ['image/png', 'application/problem+json'],
    ['', 'application/problem+json'],
  ])('becomes, for a request that accepts %j, a response of type %s', async (accept, type) => {
    const response = await quiet(throwing(new HttpError(404))).get('/', { headers: { accept } })
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('vary')).toBe('Accept')
  })

  it('becomes a page with its detail escaped', async () => {
    const error = new HttpError(400, `<script>alert("x")</script> & 'y'`)
    const page = await (await quiet(throwing(error)).get('/', { headers: { accept: 'text/html' } })).text()
    expect(page).toContain('<h1>400 Bad Request</h1>')
    expect(page).toContain('<p>&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; &#38; &#39;y&#39;</p>')
  })

  it('becomes a page without a paragraph if it has no detail', async () => {
    const response = await quiet(throwing(new HttpError(499))).get('/', { headers: { accept: 'text/html' } })
    expect(await response.text()).toMatch(/<h1>499 Unknown<\/h1>$/)
  })

  it('has the same headers without a body for HEAD', async () => {
    const response = await quiet(throwing(new HttpError(404))).head('/')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.body).toBeNull()
  })

  it('is reported if its status is 500 or more', async () => {
    const fault = new HttpError(503, 'Down', { cause: new Error('connection refused') })
    const web = quiet(throwing(fault))
    await web.get('/')
    expect(web.errors).toEqual([fault])
    const other = quiet(throwing(new HttpError(404)))
    await other.get('/')
    expect(other.errors).toEqual([])
  })

  it('is reported as the report option says, whatever its status', async () => {
    const down = quiet(throwing(new HttpError(503, 'Down', { report: false })))
    expect((await down.get('/')).status).toBe(503)
    expect(down.errors).toEqual([])
    const teapot = new HttpError(418, 'Teapot', { report: true })
    const odd = quiet(throwing(teapot))
    await odd.get('/')
    expect(odd.errors).toEqual([teapot])
  })
})

describe('any other thrown value', () => {
  it('becomes a 500 response that reveals nothing about it, and is reported', async () => {
    const error = Object.assign(new Error('password=secret at /srv/app.ts'), {
      status: 418,
      detail: 'secret',
    })
    for (const accept of ['application/json', 'text/html']) {
      const web = quiet(throwing(error))
      const response = await web.get('/', { headers: { accept } })
      expect(response.status).toBe(500)
      const body = await response.text()
      expect(body).toContain('Internal Server Error')
      expect(body).not.toMatch(/secret|srv/)
      expect(web.errors).toEqual([error])
    }
  })

  it.each([['a string'], [undefined], [null], [{ a: 1 }]])(
    'is reported as an Error if it is %j',
    (thrown) => {
      const reported: unknown[] = []
      const environ = testEnviron('/', {}, { errors: { write: (problem) => reported.push(problem) } })
      expect(errorResponse(thrown, environ).status).toBe(500)
      expect(reported).toEqual([expect.any(TypeError)])
      expect((reported[0] as Error).message).toMatch(/^The application threw .+, not an Error$/)
      expect((reported[0] as Error).cause).toBe(thrown)
    },
  )
})

describe('the error of an aborted operation', () => {
  const aborted = async (fail: (signal: AbortSignal) => unknown) => {
    const errors: unknown[] = []
    const controller = new AbortController()
    const app = async ({ signal }: Environ) => {
      controller.abort()
      throw await fail(signal)
    }
    const fetch = toFetch(app, { errors: { write: (error) => errors.push(error) } })
    const response = await fetch(new Request('http://localhost/', { signal: controller.signal }))
    return { status: response.status, errors }
  }
  const caught = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

  it.each<[string, (signal: AbortSignal) => unknown]>([
    ['the reason of the signal', (signal) => signal.reason],
    ['the error of fetch', (signal) => caught(fetch('http://localhost/', { signal }))],
    ['the error of a timer', (signal) => caught(setTimeout(1_000, undefined, { signal }))],
  ])('is not reported if the client has disconnected: %s', async (_, fail) => {
    expect(await aborted(fail)).toEqual({ status: 500, errors: [] })
  })

  it('is reported if it has another reason', async () => {
    const broken = new Error('broken')
    expect(await aborted(() => broken)).toEqual({ status: 500, errors: [broken] })
    const web = client(
      () => {
        throw new DOMException('by someone else', 'AbortError')
      },
      { errors: { write() {} } },
    )
    await web.get('/')
    expect(web.errors).toMatchObject([{ name: 'AbortError' }])
  })
})

describe('errorResponse', () => {
  it('returns a response even if the request’s headers cannot be read', () => {
    const environ = Object.defineProperty(testEnviron('/'), 'headers', {
      get() {
        throw new TypeError('bad field')
      },
    })
    const response = errorResponse(new HttpError(400), environ)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it('returns a response even if the log fails, and writes the problem to the console', () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => {})
    const failure = new Error('disk full')
    const environ = testEnviron(
      '/',
      {},
      {
        errors: {
          write() {
            throw failure
          },
        },
      },
    )
    const problem = new Error('problem')
    expect(errorResponse(problem, environ).status).toBe(500)
    expect(written.mock.calls).toEqual([[failure, problem]])
    written.mockRestore()
  })
})
