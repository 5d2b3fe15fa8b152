/** Calls and errors in PEP 3333. The table in the README names these tests. */
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { answering, failure, quiet, TEXT } from '../../test/wsgi.ts'
import { b } from '../contract/bytes.ts'
import type { Blocks, Write, WsgiApplication } from '../contract/types.ts'
import { wsgi } from './wsgi.ts'

describe('calling the application', () => {
  it('calls the application once per request with two arguments', async () => {
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

  it('passes each call its own plain object, which the application can change', async () => {
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

  it('accepts any iterable of bytes, synchronous or asynchronous', async () => {
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

  it('accepts an asynchronous application', async () => {
    const app: WsgiApplication = async (environ, startResponse) => {
      const body = await environ['wsgi.input'].read()
      startResponse('200 OK', TEXT)
      return [body]
    }
    const response = await client(wsgi(app)).post('/', { body: 'echo' })
    expect(await response.text()).toBe('echo')
  })

  it('rejects anything but an iterable of bytes', async () => {
    const wrong = (body: unknown) => failure(answering(() => body as Blocks))
    expect(await wrong(undefined)).toBe('The application must return an iterable of blocks, got undefined')
    expect(await wrong('Hello')).toBe('The application returned a single block: return an array of blocks')
    expect(await wrong(b`Hello`)).toBe('The application returned a single block: return an array of blocks')
    expect(await wrong(['Hello'])).toBe('The application yielded "Hello", not bytes')
  })

  it('uses only the iterator and close() of the iterable', async () => {
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
    // `await` reads it to detect a promise.
    used.delete('then')
    expect([...used]).toEqual([Symbol.asyncIterator, Symbol.iterator, 'close'])
  })
})

describe('errors', () => {
  it('responds with 500 if the application throws, and reports it', async () => {
    expect(
      await failure(() => {
        throw new Error('broken')
      }),
    ).toBe('broken')
  })

  it('writes text to wsgi.errors line by line', async () => {
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

  it('does not send a body with a status that does not allow one', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      startResponse('204 No Content', [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '0'],
      ])
      return []
    }
    const response = await client(wsgi(app)).get('/')
    expect([response.status, ...response.headers]).toEqual([204])
    const bodies: ((write: Write) => Blocks)[] = [
      () => [b`body`],
      () => [b`two`, b`blocks`],
      function* () {
        yield b`generated`
      },
      (write) => {
        void write(b`written`)
        return []
      },
    ]
    for (const status of ['204 No Content', '205 Reset Content', '304 Not Modified']) {
      for (const body of bodies) {
        const full: WsgiApplication = (_, startResponse) => body(startResponse(status, []))
        expect(await failure(full)).toBe(
          `A response of status ${status.slice(0, 3)} cannot have a body, but the application sent one`,
        )
      }
    }
  })

  it('adds a missing Content-Type', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      startResponse('200 OK', [])
      return [b`?`]
    }
    const response = await client(wsgi(app)).get('/')
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('rejects anything but a function', () => {
    expect(() => wsgi({} as WsgiApplication)).toThrow(
      new TypeError('wsgi: app must be a function, got an instance of Object'),
    )
  })
})
