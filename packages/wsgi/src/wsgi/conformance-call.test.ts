/** How a server calls a WSGI application, and what it makes of its errors (PEP 3333): the README's table names these tests. */
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { answering, failure, quiet, TEXT } from '../../test/wsgi.ts'
import { b } from '../contract/bytes.ts'
import type { Blocks, WsgiApplication } from '../contract/types.ts'
import { wsgi } from './wsgi.ts'

describe('calling the application', () => {
  it('calls the application once for each request, with two arguments', async () => {
    const calls: number[] = []
    const web = client(
      wsgi((...args) => {
        calls.push(args.length)
        args[1]('200 OK', TEXT)
        return []
      }),
    )
    await web.get('/')
    await web.get('/')
    expect(calls).toEqual([2, 2])
  })

  it('passes a plain object of its own to each call, which the application may change', async () => {
    const seen: unknown[] = []
    const app = answering((environ) => {
      seen.push(Object.getPrototypeOf(environ), environ.mine)
      environ.mine = 'changed'
      environ.PATH_INFO = '/elsewhere'
      delete environ.HTTP_HOST
      return []
    })
    const web = client(wsgi(app))
    await web.get('/')
    await web.get('/')
    expect(seen).toEqual([Object.prototype, undefined, Object.prototype, undefined])
  })

  it('takes any iterable of bytes, synchronous or not', async () => {
    const bodies: (() => Blocks)[] = [
      () => [b`Hel`, b`lo`],
      () => new Set([b`Hel`, b`lo`]),
      function* () {
        yield b`Hel`
        yield b`lo`
      },
      async function* () {
        yield b`Hel`
        yield b`lo`
      },
      () => ({ [Symbol.iterator]: () => [b`Hello`].values() }),
    ]
    for (const body of bodies) {
      const response = await client(wsgi(answering(body))).get('/')
      expect(await response.text()).toBe('Hello')
    }
  })

  it('lets an application answer later', async () => {
    const app: WsgiApplication = async (environ, startResponse) => {
      const body = await environ['wsgi.input'].read()
      startResponse('200 OK', TEXT)
      return [body]
    }
    const response = await client(wsgi(app)).post('/', { body: 'echo' })
    expect(await response.text()).toBe('echo')
  })

  it('refuses what is no iterable of bytes', async () => {
    const wrong = (body: unknown) => failure(answering(() => body as Blocks))
    expect(await wrong(undefined)).toBe('The application must return an iterable of blocks, got undefined')
    expect(await wrong('Hello')).toBe('The application returned a block itself: return an array of blocks')
    expect(await wrong(b`Hello`)).toBe('The application returned a block itself: return an array of blocks')
    expect(await wrong(['Hello'])).toBe('The application yielded "Hello", not bytes')
  })

  it('uses nothing of the iterable but its iterator and close', async () => {
    const used = new Set<string | symbol>()
    const body = new Proxy(new Set([b`Hello`]), {
      get(target, key) {
        used.add(key)
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const response = await client(wsgi(answering(() => body))).get('/')
    expect(await response.text()).toBe('Hello')
    // `await` asks whether it is a promise.
    used.delete('then')
    expect([...used]).toEqual([Symbol.asyncIterator, Symbol.iterator, 'close'])
  })
})

describe('errors', () => {
  it('answers 500 where the application throws, and reports it', async () => {
    expect(
      await failure(() => {
        throw new Error('broken')
      }),
    ).toBe('broken')
  })

  it('takes text for wsgi.errors, line by line', async () => {
    const app = answering((environ) => {
      const errors = environ['wsgi.errors']
      errors.write('one\ntw')
      errors.writelines(['o\n', 'three ✓\n'])
      errors.write('four')
      errors.flush()
      errors.flush()
      errors.write('five')
      return []
    })
    const web = client(wsgi(app), quiet)
    await web.get('/')
    await expect.poll(() => web.errors).toEqual(['one', 'two', 'three ✓', 'four', 'five'])
  })

  it('sends no body with a status that has none', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      startResponse('204 No Content', [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '0'],
      ])
      return []
    }
    const response = await client(wsgi(app)).get('/')
    expect([response.status, ...response.headers]).toEqual([204])
    const full: WsgiApplication = (_, startResponse) => {
      startResponse('304 Not Modified', [])
      return [b`body`]
    }
    expect(await failure(full)).toBe('A response of status 304 has no body, but the application sent one')
  })

  it('gives a body without a type the most general one', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      startResponse('200 OK', [])
      return [b`?`]
    }
    const response = await client(wsgi(app)).get('/')
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('is refused where it is no function', () => {
    expect(() => wsgi({} as WsgiApplication)).toThrow(
      new TypeError('wsgi: app must be a function, got object'),
    )
  })
})
