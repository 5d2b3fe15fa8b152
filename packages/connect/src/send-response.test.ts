import { type Application, empty, HttpError, stream, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { hello, passing, quiet, through } from '../test/helpers.ts'
import { type ConnectMiddleware, connect } from './index.ts'

describe('the response of the application', () => {
  const set: ConnectMiddleware = (_req, res, next) => {
    res.setHeader('X-Mine', 'middleware')
    res.setHeader('X-Both', 'middleware')
    res.setHeader('Vary', 'Origin')
    res.setHeader('Set-Cookie', ['a=1', 'b=2'])
    next()
  }

  it("has the middleware's headers unless it sets them itself, and combines Set-Cookie and Vary", async () => {
    const response = await through(set, () =>
      text('Hello', {
        status: 201,
        statusText: 'Made',
        headers: [
          ['x-both', 'application'],
          ['vary', 'Accept, origin'],
          ['set-cookie', 'c=3'],
        ],
      }),
    )
    expect([response.status, response.statusText]).toEqual([201, 'Made'])
    expect(response.headers.get('x-mine')).toBe('middleware')
    expect(response.headers.get('x-both')).toBe('application')
    expect(response.headers.get('vary')).toBe('origin, Accept')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3'])
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('Hello')
  })

  it("has the middleware's headers if it is an error", async () => {
    const response = await through(set, () => {
      throw new HttpError(404)
    })
    expect([response.status, response.headers.get('x-mine')]).toEqual([404, 'middleware'])
  })

  it.each<[string, Application, string]>([
    ['text', hello, 'Hello'],
    ['bytes', () => new Response(Uint8Array.of(72, 105), { headers: { 'content-type': 'a/b' } }), 'Hi'],
    ['a stream', () => stream(['Hel', 'lo']), 'Hello'],
    ['nothing', () => empty(), ''],
    ['not modified', () => empty(304, { headers: { etag: '"1"' } }), ''],
    ['no body', () => new Response(null, { status: 404 }), ''],
    ['empty text', () => text(''), ''],
  ])('passes through Node’s response unchanged: %s', async (_, app, body) => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const [direct, bridged] = await Promise.all([
        client(app).request(method, '/'),
        through(passing, app, method),
      ])
      expect(bridged.status).toBe(direct.status)
      expect(await bridged.text()).toBe(method === 'HEAD' ? '' : body)
      const { 'content-length': _length, ...fields } = Object.fromEntries(bridged.headers)
      expect(fields).toEqual(Object.fromEntries(direct.headers))
    }
  })

  it('passes through write and end if the middleware has replaced them', async () => {
    const shout: ConnectMiddleware = (_req, res, next) => {
      const { write, end } = res
      const upper = (chunk: unknown) => Buffer.from(String(chunk ?? '').toUpperCase())
      res.write = (chunk: unknown) => write.call(res, upper(chunk), 'utf8')
      res.end = ((chunk: unknown) => end.call(res, upper(chunk), 'utf8')) as typeof res.end
      next()
    }
    expect(await (await through(shout)).text()).toBe('HELLO')
    expect(await (await through(shout, () => stream(['one ', 'two']))).text()).toBe('ONE TWO')
  })

  it('streams no faster than it is read', async () => {
    let made = 0
    const app: Application = () =>
      stream(
        (function* () {
          for (;;) {
            made++
            yield new Uint8Array(8 * 1024)
          }
        })(),
      )
    const response = await through(passing, app)
    const reader = response.body!.getReader()
    for (let taken = 0; taken < 50; taken++) await reader.read()
    expect(made).toBeGreaterThanOrEqual(50)
    expect(made).toBeLessThan(56)
    await reader.cancel()
  })

  it('is cancelled when the reader cancels', async () => {
    const log: string[] = []
    async function* endless() {
      try {
        for (;;) yield 'more'
      } finally {
        log.push('returned')
      }
    }
    const response = await through(
      (_req, res, next) => {
        res.on('finish', () => log.push('finish'))
        res.on('close', () => log.push('close'))
        next()
      },
      () => stream(endless()),
    )
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await expect.poll(() => log.sort()).toEqual(['close', 'returned'])
  })

  it('is cut off if its stream fails', async () => {
    const app: Application = () =>
      stream(
        (function* () {
          yield 'one'
          throw new Error('broken')
        })(),
      )
    const response = await through(passing, app)
    await expect(response.text()).rejects.toThrow('broken')
  })

  it('is discarded if the middleware has responded instead', async () => {
    let cancelled = false
    const late = Promise.withResolvers<void>()
    const app: Application = async () => {
      await late.promise
      return new Response(
        new ReadableStream({
          cancel() {
            cancelled = true
          },
        }),
        { headers: { 'content-type': 'text/plain' } },
      )
    }
    const response = await through((_req, res, next) => {
      next()
      res.statusCode = 503
      res.end('too late')
    }, app)
    expect([response.status, await response.text()]).toEqual([503, 'too late'])
    late.resolve()
    await expect.poll(() => cancelled).toBe(true)
  })

  it('is sent with the status and headers that the middleware has written', async () => {
    const response = await through((_req, res, next) => {
      res.writeHead(203, { 'content-type': 'text/html' })
      next()
    })
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      203,
      'text/html',
      'Hello',
    ])
  })

  it('starts before its first chunk is available', async () => {
    async function* silent() {
      yield await new Promise<string>(() => {})
    }
    const response = await through(passing, () => stream(silent(), { status: 202 }))
    expect(response.status).toBe(202)
  })

  it('has Vary: * if either of the two has it', async () => {
    const response = await through(
      (_req, res, next) => {
        res.setHeader('vary', '*')
        next()
      },
      () => text('', { headers: { vary: 'accept' } }),
    )
    expect(response.headers.get('vary')).toBe('*')
  })

  it('is reported if it fails after the middleware has responded', async () => {
    const app: Application = async () => {
      throw new Error('broken')
    }
    const web = client(
      connect((_req, res, next) => {
        next()
        res.end('mine')
        res.flushHeaders()
      })(app),
      quiet,
    )
    expect(await (await web.get('/')).text()).toBe('mine')
    await expect.poll(() => web.errors).toMatchObject([{ message: 'broken' }])
  })

  it('is a 500 if the application throws, and the error is reported', async () => {
    const web = client(
      connect((_req, _res, next) => next())(() => {
        throw new Error('broken')
      }),
      quiet,
    )
    expect((await web.get('/')).status).toBe(500)
    expect(web.errors).toMatchObject([{ message: 'broken' }])
  })

  it('emits finish and close on res', async () => {
    const log: unknown[] = []
    const response = await through((_req, res, next) => {
      res.on('finish', () => log.push(['finish', res.statusCode, res.writableEnded, res.headersSent]))
      res.on('close', () => log.push('close'))
      next()
    })
    expect(await response.text()).toBe('Hello')
    await expect.poll(() => log).toEqual([['finish', 200, true, true], 'close'])
  })
})
