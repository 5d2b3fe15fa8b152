import { type Application, HttpError, json, mount, readBody, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { start, until } from '../../test/start.ts'

const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\n'
const length: Application = async (environ) => text(String((await readBody(environ, 10)).byteLength))

describe('readBody', () => {
  it('returns the body, whether it has a length or chunks, even under a mount', async () => {
    const echo: Application = async (environ) =>
      text(new TextDecoder().decode(await readBody(environ, 100_000)))
    await using server = await start(mount('/inner', echo)(echo))
    const sent = await fetch(server.url, { method: 'POST', body: 'é'.repeat(40_000) })
    expect(await sent.text()).toBe('é'.repeat(40_000))
    const inner = await fetch(new URL('/inner', server.url), { method: 'POST', body: 'x' })
    expect(await inner.text()).toBe('x')
    const chunked = `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n6\r\n world\r\n0\r\n\r\n`
    expect((await server.raw(chunked)).body).toBe('Hello world')
  })

  it('returns a plain Uint8Array, which is empty without a body', async () => {
    await using server = await start(async (environ) => {
      const bytes = await readBody(environ, 10)
      return json([Object.getPrototypeOf(bytes) === Uint8Array.prototype, bytes.byteLength])
    })
    expect((await server.raw(`${HEAD}Content-Length: 2\r\n\r\nhi`)).body).toBe('[true,2]')
    expect((await server.raw(`${HEAD}\r\n`)).body).toBe('[true,0]')
    expect((await server.raw('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi')).body).toBe(
      '[true,0]',
    )
  })

  it('marks the body as used, for the request and for a second read', async () => {
    await using server = await start(async (environ) => {
      await readBody(environ, 10)
      const { request } = environ
      const again = await Promise.allSettled([request.text(), readBody(environ, 10)])
      return json([request.bodyUsed, ...again.map(({ status }) => status)])
    })
    expect((await server.raw(`${HEAD}Content-Length: 2\r\n\r\nhi`)).body).toBe('[true,"rejected","rejected"]')
    expect(server.errors).toEqual([])
  })

  it('can be called again if there is no body', async () => {
    await using server = await start(async (environ) => {
      await readBody(environ, 10)
      const { request } = environ
      return json([(await readBody(environ, 10)).byteLength, request.body, request.bodyUsed])
    })
    expect((await server.raw(`${HEAD}\r\n`)).body).toBe('[0,null,false]')
  })

  it('reads through the request if it was created before', async () => {
    await using server = await start(async (environ) => {
      const { bodyUsed } = environ.request
      return json([bodyUsed, (await readBody(environ, 10)).byteLength, environ.request.bodyUsed])
    })
    expect((await server.raw(`${HEAD}Content-Length: 2\r\n\r\nhi`)).body).toBe('[false,2,true]')
  })

  it('is rejected with 413 by its Content-Length before it is sent', async () => {
    await using server = await start(length)
    using client = server.connect()
    client.send(`${HEAD}Content-Length: 11\r\nExpect: 100-continue\r\n\r\n`)
    const { status, body } = await client.response()
    expect(status).toBe(413)
    expect(JSON.parse(body).detail).toBe('The request body is larger than 10 bytes.')
    expect((await server.raw(`${HEAD}Content-Length: 10\r\n\r\n0123456789`)).body).toBe('10')
  })

  it('is rejected with 413 while it is read if it has no Content-Length', async () => {
    await using server = await start(length)
    using client = server.connect()
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n5\r\n67890\r\n`)
    expect((await client.response()).status).toBe(413)
  })

  it('is limited by the server even if the application accepts more', async () => {
    await using server = await start(length, { maxBodySize: 4 })
    expect((await server.raw(`${HEAD}Content-Length: 5\r\n\r\n01234`)).status).toBe(413)
  })

  it('sends 100 Continue', async () => {
    await using server = await start(length)
    using client = server.connect()
    client.send(`${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`)
    expect((await client.response()).status).toBe(100)
    client.send('hello')
    expect((await client.response()).body).toBe('5')
    client.send(`${HEAD}Content-Length: 1\r\n\r\nx`)
    expect((await client.response()).body).toBe('1')
  })

  it('rejects with 400 if the body is malformed, and with 408 if it takes too long', async () => {
    await using server = await start(length, { headersTimeout: 100, receiveTimeout: 200 })
    using client = server.connect()
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n`)
    expect((await client.response()).status).toBe(400)
    using slow = server.connect()
    slow.send(`${HEAD}Content-Length: 10\r\n\r\n01`)
    expect((await slow.response()).status).toBe(408)
  })

  it('rejects if the client disconnects or the response has ended', async () => {
    const failures: unknown[] = []
    await using server = await start(async (environ) => {
      const reading = readBody(environ, 100).catch((error) => failures.push(error))
      if (environ.pathInfo === '/left') return text('done')
      await reading
      throw new HttpError(400)
    })
    using client = server.connect()
    client.send(`${HEAD}Content-Length: 10\r\n\r\n01234`)
    client.socket.on('connect', () => setTimeout(() => client.socket.destroy(), 50))
    await until(() => failures.length === 1)
    using left = server.connect()
    left.send('POST /left HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234')
    expect((await left.response()).body).toBe('done')
    await until(() => failures.length === 2)
    expect(failures).toMatchObject([
      { status: 400, message: 'The request was cut off.' },
      { status: 400, message: 'The response ended before the request was read.' },
    ])
  })
})
