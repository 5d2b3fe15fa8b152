import { describe, expect, it } from 'vitest'
import { createEnviron, type Exchange, isNullBodyStatus, plainParts, reasonPhrase } from '../gateway.ts'
import { type Environ, extend, text, withPath } from '../index.ts'
import { testEnviron } from '../testing.ts'

const target = { method: 'GET', pathInfo: '/a', queryString: 'q' }

/** An exchange that creates its members on first use and records which were read. */
function lazyExchange() {
  const asked: string[] = []
  const sound = testEnviron('/a?q')
  const exchange = new Proxy(sound, {
    get(environ, key) {
      asked.push(String(key))
      return Reflect.get(environ, key)
    },
  }) as Exchange
  return { exchange, asked }
}

describe('createEnviron', () => {
  it('reads nothing from the exchange until a member is read', () => {
    const { exchange, asked } = lazyExchange()
    const environ = createEnviron(exchange, target)
    expect([environ.method, environ.scriptName, environ.pathInfo, environ.queryString]).toEqual([
      'GET',
      '',
      '/a',
      'q',
    ])
    expect(asked).toEqual([])
    expect(environ.host).toBe('localhost')
    expect(asked).toEqual(['host'])
  })

  it('stays lazy through withPath and extend', () => {
    const { exchange, asked } = lazyExchange()
    const environ = createEnviron(exchange, target)
    withPath(extend(withPath(environ, { scriptName: '/a', pathInfo: '' }), { user: 1 }), {
      scriptName: '/b',
      pathInfo: '',
    })
    expect(asked).toEqual([])
  })

  it('has every key of the contract, whether destructured or read', () => {
    const sound = testEnviron('/a?q')
    const environ = createEnviron(sound, target)
    const {
      scheme,
      host,
      headers,
      protocol,
      remoteAddress,
      request,
      signal,
      waitUntil,
      finished,
      gateway,
      route,
      upgrade,
    } = environ
    const read = {
      scheme,
      host,
      headers,
      protocol,
      remoteAddress,
      request,
      signal,
      waitUntil,
      finished,
      gateway,
      route,
      upgrade,
    }
    expect(environ.errors.write).toBeTypeOf('function')
    for (const [key, value] of Object.entries(read)) expect(value, key).toBe(sound[key as keyof Environ])
  })

  it('shares members created on first use with every environ derived from it', () => {
    const environ = testEnviron('/a')
    const derived = withPath(environ, { scriptName: '/a', pathInfo: '' })
    expect(derived.request).toBe(environ.request)
    expect(derived.headers).toBe(environ.headers)
    expect(derived.signal).toBe(environ.signal)
    expect(derived.finished).toBe(environ.finished)
  })

  it('accepts a path that is already split', () => {
    expect(createEnviron(testEnviron('/'), { ...target, scriptName: '/app' }).scriptName).toBe('/app')
  })
})

describe('helpers for gateways', () => {
  it('agree with the runtime on which statuses have no body', () => {
    for (let status = 200; status <= 599; status++) {
      const refused = (() => {
        try {
          new Response('x', { status })
          return false
        } catch {
          return true
        }
      })()
      expect(isNullBodyStatus(status), String(status)).toBe(refused)
    }
  })

  it('return a reason phrase for every status', () => {
    expect([200, 404, 418, 599, -1].map(reasonPhrase)).toEqual([
      'OK',
      'Not Found',
      'Unknown',
      'Unknown',
      'Unknown',
    ])
  })

  it('return the plain parts of a response from a helper', () => {
    expect(plainParts(text('hi'))).toEqual({
      headers: ['content-type', 'text/plain; charset=utf-8'],
      body: 'hi',
    })
  })
})
