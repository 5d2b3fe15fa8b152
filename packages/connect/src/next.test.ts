import { type Application, HttpError, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { hello, quiet, through } from '../test/helpers.ts'
import { type ConnectMiddleware, connect } from './index.ts'

describe('next', () => {
  it('calls the application once', async () => {
    let calls = 0
    const app: Application = () => text(String(++calls))
    const response = await through((_req, _res, next) => {
      next()
      next()
    }, app)
    expect(await response.text()).toBe('1')
    expect(calls).toBe(1)
  })

  it('responds with 500 to an error, a rejection or an exception, and reports it', async () => {
    const failures: ConnectMiddleware[] = [
      (_req, _res, next) => next(new Error('broken')),
      () => {
        throw new Error('broken')
      },
      async () => {
        throw new Error('broken')
      },
      (_req, _res, next) => setImmediate(next, new Error('broken')),
    ]
    for (const middleware of failures) {
      const web = client(connect(middleware)(hello), quiet)
      const response = await web.get('/')
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain('broken')
      expect(web.errors).toMatchObject([{ message: 'broken' }])
    }
    const web = client(connect((_req, _res, next) => next('route'))(hello), quiet)
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'The middleware failed with route', cause: 'route' }])
  })

  it('responds with the status of the error and keeps the headers that were set', async () => {
    const blame =
      (error: object): ConnectMiddleware =>
      (_req, res, next) => {
        res.setHeader('x-set', '1')
        next(Object.assign(new Error('secret'), error))
      }
    const shown = await through(blame({ status: 413, expose: true }))
    expect(await shown.json()).toMatchObject({ status: 413, detail: 'secret' })
    expect(shown.headers.get('x-set')).toBe('1')
    const hidden = await through(blame({ statusCode: 403 }))
    expect(await hidden.json()).toEqual({ type: 'about:blank', title: 'Forbidden', status: 403 })
    expect((await through(blame({ status: 503 }))).status).toBe(503)
    expect((await through(blame({ status: 200 }))).status).toBe(500)
    expect((await through((_req, _res, next) => next(new HttpError(410)))).status).toBe(410)
  })

  it('responds with 500 to an error that throws when it is read, even outside of the call', async () => {
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    const failing = () => {
      throw new Error('hostile')
    }
    const errors = [
      Object.create(null),
      { toString: failing },
      revoked.proxy,
      {
        get status() {
          return failing()
        },
      },
    ]
    for (const error of errors) {
      const web = client(connect((_req, _res, next) => void setImmediate(next, error))(hello), quiet)
      expect((await web.get('/')).status).toBe(500)
      expect(web.errors).toHaveLength(1)
    }
  })

  it.each<[string, ConnectMiddleware]>([
    ['rejects with undefined', () => Promise.reject()],
    ['rejects with null', () => Promise.reject(null)],
    ['rejects with an empty string', () => Promise.reject('')],
    ['rejects with false', () => Promise.reject(false)],
    ['rejects with 0', () => Promise.reject(0)],
    [
      'throws undefined',
      () => {
        throw undefined
      },
    ],
    [
      'throws undefined from an async function',
      async () => {
        throw undefined
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library
    ['returns a rejecting thenable', () => ({ then: (_: unknown, reject: () => void) => reject() })],
  ])('does not let a request through if the middleware %s', async (_, guard) => {
    let called = false
    const web = client(
      connect(guard)(() => {
        called = true
        return text('secret')
      }),
      quiet,
    )
    expect((await web.get('/')).status).toBe(500)
    expect(called).toBe(false)
    expect(web.errors).toMatchObject([{ message: expect.stringMatching(/^The middleware failed with /) }])
  })

  it('responds with the status of a thrown object that is not an Error', async () => {
    const missing = await through((_req, _res, next) => next({ status: 404, message: 'secret' }))
    expect(await missing.json()).toEqual({ type: 'about:blank', title: 'Not Found', status: 404 })
    const shown = await through((_req, _res, next) =>
      next({ status: 404, message: 'No user 7', expose: true }),
    )
    expect(await shown.json()).toMatchObject({ status: 404, detail: 'No user 7' })
    const busy = await through((_req, _res, next) => next({ status: 429, headers: { 'retry-after': '5' } }))
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '5'])
  })

  it('responds with an error even after the application was called, if nothing has been sent', async () => {
    const late = Promise.withResolvers<void>()
    const web = client(
      connect((_req, _res, next) => {
        next()
        setImmediate(next, { status: 503 })
      })(async () => {
        await late.promise
        return text('too late')
      }),
      quiet,
    )
    const response = await web.get('/')
    late.resolve()
    expect([response.status, await response.text()]).toEqual([503, expect.not.stringContaining('too late')])
  })

  it('cuts off a response that the middleware has started', async () => {
    const response = await through((_req, res, next) => {
      res.write('begin')
      setImmediate(next, new Error('broken'))
    })
    await expect(response.text()).rejects.toThrow('broken')
  })

  it('reports an error after the response', async () => {
    const app = connect((_req, res, next) => {
      res.on('finish', () => next(new Error('late')))
      next()
    })(hello)
    const web = client(app, quiet)
    expect(await (await web.get('/')).text()).toBe('Hello')
    await expect.poll(() => web.errors).toMatchObject([{ message: 'late' }])
  })

  it('is ignored after the middleware has responded', async () => {
    let called = false
    const response = await through(
      (_req, res, next) => {
        res.end('mine')
        next()
      },
      () => {
        called = true
        return text('yours')
      },
    )
    expect([await response.text(), called]).toEqual(['mine', false])
  })
})
