import { format } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { consoleErrors, createEnviron, exchangeSettings, requestLine } from '../gateway.ts'
import { type Application, extend, handle, setRoute, text, toFetch } from '../index.ts'
import { testEnviron } from '../testing.ts'

const error = new Error('broken')
let written: MockInstance

beforeEach(() => {
  written = vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  written.mockRestore()
})

describe('a report', () => {
  it('begins with the method and the path', async () => {
    await toFetch(() => Promise.reject(error))(
      new Request('http://a/users/7?token=secret', { method: 'PUT' }),
    )
    expect(written.mock.calls).toEqual([['PUT /users/7:', error]])
  })

  it('names the route and the request id, if there are any', async () => {
    const app: Application = (environ) => {
      setRoute(environ, '/users/:id')
      extend(environ, { requestId: '4f3a' })
      throw error
    }
    await toFetch(app)(new Request('http://a/users/7'))
    expect(written.mock.calls).toEqual([['GET /users/7 (/users/:id, request 4f3a):', error]])
  })

  it('names the request id of the gateway unless a middleware provides one', () => {
    const exchange = Object.create(testEnviron('/'), { requestId: { value: 'own' } })
    const environ = createEnviron(exchange, { method: 'GET', pathInfo: '/', queryString: '' })
    environ.errors.write(error)
    extend(environ, { requestId: 'provided' }).errors.write(error)
    expect(written.mock.calls.map(([line]) => line)).toEqual([
      'GET / (request own):',
      'GET / (request provided):',
    ])
  })

  it('does not repeat the request if the message begins with it', async () => {
    await toFetch((() => 'Hello') as never)(new Request('http://a/users/7'))
    expect(written.mock.calls).toEqual([
      [new TypeError('GET /users/7: the application returned "Hello", not a Response')],
    ])
  })

  it('of a long text or error is cut, and says how much is missing', async () => {
    const long = 'x'.repeat(5_000_000)
    const cause = new Error(long, { cause: new AggregateError(Array(1000).fill(new Error(long))) })
    const problems: unknown[] = [
      long,
      new Error(long),
      new Error('short', { cause }),
      new Error(long, { cause }),
    ]
    const circular = new Error(long)
    circular.cause = circular
    for (const problem of [...problems, circular]) {
      consoleErrors.write(problem)
      const report = format(...(written.mock.lastCall ?? []))
      expect(report.length).toBeLessThan(100_000)
      expect(/… \d{7} characters were left out …/.test(report)).toBe(true)
      expect(problem === long || /\n {4}at /.test(report)).toBe(true)
    }
    expect((problems[1] as Error).message === long).toBe(true)
  })

  it('names the request of a promise passed to waitUntil', async () => {
    const app: Application = ({ waitUntil }) => {
      waitUntil(Promise.reject(error))
      return text('')
    }
    await toFetch(app)(new Request('http://a/later'))
    await vi.waitFor(() => expect(written.mock.calls).toEqual([['GET /later:', error]]))
  })

  it('passes the request to a custom log as the second argument', async () => {
    const write = vi.fn()
    await toFetch(() => Promise.reject(error), { errors: { write } })(new Request('http://a/users/7'))
    expect(write.mock.calls).toEqual([
      [error, { method: 'GET', path: '/users/7', route: undefined, requestId: undefined }],
    ])
  })

  it('has no request if the gateway itself reports a problem', () => {
    exchangeSettings('test', () => text(''), {}).errors.write(error)
    consoleErrors.write('a line of text')
    expect(written.mock.calls).toEqual([[error], ['a line of text']])
  })
})

describe('a log that fails', () => {
  const failure = new Error('disk full')
  const failing = {
    write() {
      throw failure
    },
  }

  it('does not fail the request, and the problem goes to the console', async () => {
    const response = await toFetch(() => Promise.reject(error), { errors: failing })(new Request('http://a/'))
    expect(response.status).toBe(500)
    expect(written.mock.calls).toEqual([[failure, error]])
    written.mockClear()
    exchangeSettings('test', () => text(''), { errors: failing }).errors.write(error)
    expect(written.mock.calls).toEqual([[failure, error]])
  })

  it('does not fail the request even if the console fails', async () => {
    written.mockImplementationOnce(() => {
      throw failure
    })
    const response = await handle(() => Promise.reject(error), testEnviron('/', {}, { errors: failing }))
    expect(response.status).toBe(500)
    expect(written.mock.calls.at(-1)).toEqual(['A problem could not be reported, because reading it throws.'])
  })
})

describe('requestLine', () => {
  it('includes everything known about the request', () => {
    const request = { method: 'GET', path: '/a', route: undefined, requestId: undefined }
    expect(requestLine(request)).toBe('GET /a')
    expect(requestLine({ ...request, route: '/:x' })).toBe('GET /a (/:x)')
    expect(requestLine({ ...request, requestId: '7' })).toBe('GET /a (request 7)')
  })
})
