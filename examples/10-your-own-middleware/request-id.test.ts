import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HttpError, type Middleware, stack, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { accessLog, application } from './app.ts'
import { receivedId, requestId, withRequestId } from './request-id/src/request-id.ts'
import * as smallest from './smallest.ts'

describe('requestId', () => {
  it('adds the id to the environ and to the response', async () => {
    const response = await client(requestId()(({ requestId }) => text(requestId))).get('/')
    const id = response.headers.get('x-request-id')
    expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(await response.text()).toBe(id)
  })

  it('adds the id to error responses, thrown or rejected', async () => {
    for (const [error, status] of [
      [new HttpError(404), 404],
      [new Error('broken'), 500],
    ] as const) {
      const throws = () => {
        throw error
      }
      for (const app of [throws, async () => throws()]) {
        const response = await client(requestId()(app), { errors: { write() {} } }).get('/')
        expect(response.status).toBe(status)
        expect(response.headers.has('x-request-id')).toBe(true)
      }
    }
  })

  it('returns synchronously if the application does', () => {
    const app = requestId()(() => text(''))
    expect(app(testEnviron('/'))).toBeInstanceOf(Response)
  })

  it('keeps the id of the request only if it is trusted and valid', async () => {
    const headers = { 'x-trace': 'from-the-proxy' }
    const show = ({ requestId }: { requestId: string }) => text(requestId)
    const trusting = client(requestId({ header: 'x-trace', trusted: true })(show))
    expect(await (await trusting.get('/', { headers })).text()).toBe('from-the-proxy')
    expect(await (await trusting.get('/', { headers: { 'x-trace': 'no id' } })).text()).not.toBe('no id')

    const careful = client(requestId({ header: 'x-trace' })(show))
    expect(await (await careful.get('/', { headers })).text()).not.toBe('from-the-proxy')
  })

  it('rejects unknown and invalid options', () => {
    expect(() => requestId({ header: 'x request id' })).toThrow(
      'requestId: header must be a valid header name, got "x request id"',
    )
    expect(() => requestId({ trusted: 'no' as unknown as boolean })).toThrow('requestId: trusted must be')
    expect(() => requestId({ headers: 'x-id' } as object)).toThrow(
      "requestId: unknown option 'headers', did you mean 'header'?",
    )
  })

  it('declares what it provides, and the access log declares what it needs', () => {
    expectTypeOf(requestId()).toEqualTypeOf<Middleware<{ requestId: string }>>()
    // @ts-expect-error 'requestId' is missing
    client(accessLog(() => text('')))
    // @ts-expect-error 'requestId' is provided later in this stack
    stack(accessLog, requestId())
  })

  it('has the package.json that the README shows', () => {
    const text = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')
    expect(text('README.md')).toContain(text('request-id/package.json'))
  })

  it('builds a package that works', async () => {
    const folder = join(import.meta.dirname, 'request-id')
    execFileSync(join(import.meta.dirname, '../../node_modules/.bin/tsc'), { cwd: folder })
    const built = await import(join(folder, 'dist/request-id.js'))
    const response = await client(built.requestId()(() => text(''))).get('/')
    expect(response.headers.has('x-request-id')).toBe(true)
  })
})

describe('the request half', () => {
  it('accepts only ids that are safe to log', () => {
    const received = (id: string) => receivedId(testEnviron('/', { headers: { 'x-id': id } }), 'x-id')
    expect(received('7f-3A_9')).toBe('7f-3A_9')
    for (const id of ['', 'two words', '<b>', 'id\u00e9', 'x'.repeat(65)]) {
      expect(received(id)).toBeUndefined()
    }
  })
})

describe('the response half', () => {
  it('keeps the rest of the response', () => {
    const response = withRequestId(text('', { status: 201, headers: { 'set-cookie': 'a=1' } }), 'x-id', '7')
    expect(response.status).toBe(201)
    expect(response.headers.getSetCookie()).toEqual(['a=1'])
    expect(response.headers.get('x-id')).toBe('7')
  })
})

describe('the linter', () => {
  it('finds middleware that violates the contract', async () => {
    const careless: Middleware = (app) => (environ) => app(Object.assign(environ, { pathInfo: '/' }))
    await expect(client(careless(() => text(''))).get('/users')).rejects.toThrow(
      'M1: pathInfo was changed in place; copy the environ with withPath (see SPEC.md, rule M1)',
    )
  })
})

describe('the application', () => {
  it('logs the same id that it sends', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const response = await client(application).get('/nowhere')
    await response.text()
    const id = response.headers.get('x-request-id')
    await vi.waitFor(() =>
      expect(log.mock.calls).toEqual([[expect.stringMatching(`^${id} GET /nowhere [\\d.]+ ms$`)]]),
    )
    log.mockRestore()
  })

  it('works with the smallest version, too', async () => {
    const response = await client(smallest.requestId(({ requestId }) => text(requestId))).get('/')
    expect(await response.text()).toMatch(/^[\da-f-]{36}$/)
  })
})
