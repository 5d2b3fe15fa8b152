import { type Application, empty, HttpError, text, withHeaders } from '@tsgi/core'
import { describe, expect, it, vi } from 'vitest'
import { RawClient, type RawResponse } from '../../test/raw-client.ts'
import { serve } from '../../test/serve.ts'
import { start } from '../../test/start.ts'
import { toNodeListener } from '../index.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const HEAD = 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'

/** Serves an application without lint, which would reject the mistakes that the gateway must handle. */
async function unlinted(
  app: Application,
  request = GET,
): Promise<{ response: RawResponse; errors: unknown[] }> {
  const errors: unknown[] = []
  await using server = await serve(app, {
    listen: 'http://127.0.0.1:0',
    errors: { write: (problem) => errors.push(problem) },
  })
  using client = new RawClient(Number(new URL(server.addresses[0]!).port))
  return { response: await client.send(request).response(request.split(' ')[0]), errors }
}

describe('a response', () => {
  it('has the status, fields and body of the application', async () => {
    await using server = await start(() =>
      text('h\u00e9llo', { status: 201, statusText: 'Made', headers: { 'x-one': '1' } }),
    )
    const { status, reason, headers, body } = await server.raw(GET)
    expect([status, reason, Buffer.from(body, 'latin1').toString()]).toEqual([201, 'Made', 'h\u00e9llo'])
    expect(headers.get('content-type')).toEqual(['text/plain; charset=utf-8'])
    expect(headers.get('content-length')).toEqual(['6'])
    expect(headers.get('x-one')).toEqual(['1'])
    expect(headers.get('date')).toHaveLength(1)
    expect(headers.has('transfer-encoding')).toBe(false)
  })

  it('has the reason phrase of RFC 9110 by default', async () => {
    await using server = await start(({ pathInfo }) => empty(Number(pathInfo.slice(1))))
    for (const [status, phrase] of [
      [413, 'Content Too Large'],
      [422, 'Unprocessable Content'],
      [299, 'Unknown'],
    ] as const) {
      expect((await server.raw(`GET /${status} HTTP/1.1\r\nHost: a\r\n\r\n`)).reason).toBe(phrase)
    }
  })

  it('can consist of bytes', async () => {
    await using server = await start(
      () => new Response(new Uint8Array([0, 255, 128]), { headers: { 'content-type': 'image/x' } }),
    )
    const { headers, body } = await server.raw(GET)
    expect(body).toBe('\0\xff\x80')
    expect(headers.get('content-length')).toEqual(['3'])
  })

  it('has a Content-Length if its body is available, for every response class', async () => {
    for (const response of [
      () => new Response('plain'),
      () => text('plain'),
      () => withHeaders(text('plain'), { 'x-a': 'b' }),
    ]) {
      await using server = await start(response)
      const { headers, body } = await server.raw(GET)
      expect(body).toBe('plain')
      expect(headers.get('content-length')).toEqual(['5'])
    }
  })

  it('sends each Set-Cookie as a separate field', async () => {
    await using server = await start(() =>
      withHeaders(text(''), { 'set-cookie': ['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2'] }),
    )
    expect((await server.raw(GET)).headers.get('set-cookie')).toEqual([
      'a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
      'b=2',
    ])
  })

  it('keeps the bytes of field values when the body is text in another encoding', async () => {
    await using server = await start(() => text('\u20ac', { headers: { 'x-name': 'caf\xe9' } }))
    const { headers, body } = await server.raw(GET)
    expect(headers.get('x-name')).toEqual(['caf\xe9'])
    expect(body).toBe('\xe2\x82\xac')
  })

  it('has the same head for HEAD', async () => {
    await using server = await start(() => text('Hello'))
    using client = server.connect()
    client.send(HEAD + GET)
    const head = await client.response('HEAD')
    expect(head.headers.get('content-length')).toEqual(['5'])
    expect((await client.response()).body).toBe('Hello')
  })

  it('can declare a length for HEAD without a body', async () => {
    await using server = await start(() => empty(200, { headers: { 'content-length': '1234' } }))
    using client = server.connect()
    expect((await client.send(HEAD + HEAD).response('HEAD')).headers.get('content-length')).toEqual(['1234'])
    expect((await client.response('HEAD')).status).toBe(200)
  })

  it('has no body and no framing if its status forbids a body', async () => {
    await using server = await start(({ pathInfo }) => empty(Number(pathInfo.slice(1))))
    using client = server.connect()
    for (const [status, length] of [
      [204, undefined],
      [205, ['0']],
      [304, undefined],
      [200, ['0']],
    ] as const) {
      client.send(`GET /${status} HTTP/1.1\r\nHost: a\r\n\r\n`)
      const response = await client.response()
      expect([response.status, response.headers.get('content-length')]).toEqual([status, length])
      expect(response.headers.has('transfer-encoding')).toBe(false)
    }
  })

  it('keeps the Content-Length of a 304', async () => {
    await using server = await start(() => empty(304, { headers: { 'content-length': '7', etag: '"x"' } }))
    using client = server.connect()
    expect((await client.send(GET + GET).response()).headers.get('content-length')).toEqual(['7'])
    expect((await client.response()).status).toBe(304)
  })

  it('keeps an HTTP/1.0 connection open only if the client asks for it', async () => {
    await using server = await start(() => text('Hello'))
    using kept = server.connect()
    kept.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    expect((await kept.response()).headers.get('connection')).toEqual(['keep-alive'])
    kept.send('GET / HTTP/1.0\r\n\r\n')
    expect((await kept.response()).body).toBe('Hello')
    expect(await kept.end()).toBe('')
  })
})

describe('an application that fails', () => {
  it('by throwing an HttpError causes the response that the error describes', async () => {
    await using server = await start(() => {
      throw new HttpError(409, 'Taken.', { headers: { 'retry-after': '5' } })
    })
    const { status, headers, body } = await server.raw(GET)
    expect([status, JSON.parse(body).detail]).toEqual([409, 'Taken.'])
    expect(headers.get('retry-after')).toEqual(['5'])
    expect(server.errors).toEqual([])
  })

  it('by throwing or rejecting causes a 500 without details, and is reported', async () => {
    const secret = new Error('the password is 1234')
    for (const app of [
      () => {
        throw secret
      },
      async () => {
        throw secret
      },
    ] satisfies Application[]) {
      await using server = await start(app)
      const { status, body } = await server.raw(GET)
      expect([status, body.includes('1234')]).toEqual([500, false])
      expect(server.errors).toEqual([secret])
    }
  })

  it('by not returning a Response causes a 500', async () => {
    const { response, errors } = await unlinted((() => 'text') as unknown as Application)
    expect(response.status).toBe(500)
    expect(String(errors[0])).toContain('not a Response')
  })

  it('by declaring a wrong Content-Length causes a 500', async () => {
    for (const made of [text('Hello', { headers: { 'content-length': '50' } }), new Response('Hello')]) {
      made.headers.set('content-length', '50')
      const { response, errors } = await unlinted(() => made)
      expect(response.status).toBe(500)
      expect(String(errors[0])).toContain('Content-Length is 50, but its body has 5 bytes')
    }
    const { response } = await unlinted(() => text('Hello', { headers: { 'content-length': '50' } }))
    expect(response.status).toBe(500)
    const { response: none } = await unlinted(() => empty(200, { headers: { 'content-length': '50' } }))
    expect(none.status).toBe(500)
  })

  it('by declaring an invalid Content-Length causes a 500', async () => {
    for (const length of ['five', '-1', '5, 5', '']) {
      const { response } = await unlinted(() => {
        const made = new Response('Hello')
        made.headers.set('content-length', length)
        return made
      })
      expect(response.status).toBe(500)
    }
  })

  it('by returning a body that was already read causes a 500', async () => {
    const { response, errors } = await unlinted(async () => {
      const made = new Response('Hello')
      await made.text()
      return made
    })
    expect([response.status, String(errors[0])]).toEqual([
      500,
      'TypeError: The body of the response was already read',
    ])
    const locked = new Response('Hello')
    locked.body?.getReader()
    expect((await unlinted(() => locked)).response.status).toBe(500)
  })

  it('by returning a network error causes a 500', async () => {
    const { response, errors } = await unlinted(() => Response.error())
    expect(response.status).toBe(500)
    expect(errors).toHaveLength(1)
  })

  it('by setting hop-by-hop fields is reported, without effect on the connection', async () => {
    const { response, errors } = await unlinted(() =>
      text('Hello', {
        headers: {
          connection: 'close, x',
          'transfer-encoding': 'chunked',
          'keep-alive': 'x',
          upgrade: 'h2c',
        },
      }),
    )
    expect(response.body).toBe('Hello')
    expect(response.headers.get('connection')).toEqual(['keep-alive'])
    expect(response.headers.has('transfer-encoding')).toBe(false)
    expect(response.headers.has('upgrade')).toBe(false)
    expect(errors.map(String)).toHaveLength(4)
  })

  it('by setting an invalid field value causes a 500', async () => {
    const { response, errors } = await unlinted(() => {
      const made = new Response('Hello')
      made.headers.set('x-a', '\x01')
      return made
    })
    expect(response.status).toBe(500)
    expect(errors).toHaveLength(1)
  })

  it('causes a response even if the error log fails as well', async () => {
    using stderr = vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = new Error('disk full')
    await using server = await serve(() => text('Hello', { headers: { te: 'trailers' } }), {
      listen: 'http://127.0.0.1:0',
      errors: {
        write() {
          throw broken
        },
      },
    })
    expect(await (await fetch(server.addresses[0]!)).text()).toBe('Hello')
    expect(stderr).toHaveBeenCalledWith(broken, expect.any(TypeError))
  })
})

describe('a value that is not an application', () => {
  it('is rejected when the server is created', async () => {
    const wrong = 'app' as unknown as Application
    await expect(serve(wrong)).rejects.toThrow(
      new TypeError('serve: the application must be a function, got "app"'),
    )
    expect(() => toNodeListener(wrong)).toThrow(/^toNodeListener: the application must be a function/)
    const needy: Application<{ user: string }> = ({ user }) => text(user)
    // @ts-expect-error 'user' is missing
    toNodeListener(needy)
    // @ts-expect-error 'user' is missing
    await (await serve(needy, { listen: 'http://127.0.0.1:0' })).close()
  })
})
