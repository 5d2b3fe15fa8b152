import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type Application, empty, json, readBody, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { engine } from '../../test/serve.ts'
import { start, until } from '../../test/start.ts'

const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\n'
const length: Application = async ({ request }) => text(String((await request.arrayBuffer()).byteLength))

describe('the request body', () => {
  it('can be read with every method of the Fetch standard', async () => {
    await using server = await start(async ({ request }) =>
      json(
        request.headers.get('content-type') === 'application/json'
          ? await request.json()
          : await request.text(),
      ),
    )
    const sent = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":"\u00e9"}',
    })
    expect(await sent.json()).toEqual({ a: '\u00e9' })
    const chunked = `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n6;x=y\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n`
    expect((await server.raw(chunked)).body).toBe('"Hello world"')
  })

  it('is null if the request has none', async () => {
    await using server = await start(({ request }) => json(request.body))
    expect((await server.raw(`${HEAD}Content-Length: 0\r\n\r\n`)).body).toBe('null')
    expect((await server.raw(`${HEAD}\r\n`)).body).toBe('null')
    expect((await server.raw('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi')).body).toBe('null')
  })

  it('consists of plain Uint8Arrays, not Buffers', async () => {
    await using server = await start(async ({ request }) => {
      const { value } = await request.body!.getReader().read()
      return json(Object.getPrototypeOf(value) === Uint8Array.prototype)
    })
    expect((await server.raw(`${HEAD}Content-Length: 2\r\n\r\nhi`)).body).toBe('true')
  })

  it('is kept in few objects while it is not read, however small its chunks are', async () => {
    await using server = await start(async ({ gateway, request }) => {
      const sizes: number[] = []
      if (engine === 'tsgi') for await (const { byteLength } of request.body!) sizes.push(byteLength)
      else {
        const { incoming } = gateway.native as { incoming: IncomingMessage }
        incoming.on('data', ({ byteLength }) => sizes.push(byteLength))
        await once(incoming, 'end')
      }
      return json([sizes.length < 100, sizes.reduce((sum, size) => sum + size, 0)])
    })
    const body = `${'1\r\nx\r\n'.repeat(20_000)}800\r\n${'y'.repeat(2048)}\r\n1\r\nz\r\n0\r\n\r\n`
    const { body: seen } = await server.raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${body}`)
    expect(JSON.parse(seen)).toEqual([true, 22_049])
  })

  it('joins the small chunks of a client, which would take a lot of memory', async () => {
    const sent = Array.from({ length: 20_000 }, (_, at) => String.fromCharCode(97 + (at % 26))).join('')
    const chunked = `Transfer-Encoding: chunked\r\n\r\n${sent.replace(/./g, '1\r\n$&\r\n')}0\r\n\r\n`
    let chunks = 0
    await using server = await start(async (environ) => {
      if (environ.pathInfo === '/whole')
        return text(new TextDecoder().decode(await readBody(environ, 20_000)))
      let received = ''
      for await (const chunk of environ.request.body!) {
        received += new TextDecoder().decode(chunk)
        chunks++
      }
      return text(received)
    })
    for (const path of ['/', '/whole']) {
      const response = await server.raw(`POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${chunked}`)
      expect(response.body).toBe(sent)
    }
    expect(chunks).toBeLessThan(2_000)
  })

  it('is received no faster than the application reads', async () => {
    const total = 64 * 1024 * 1024
    let proceed = () => {}
    const held = new Promise<void>((resolve) => {
      proceed = resolve
    })
    await using server = await start(
      async ({ request }) => {
        const reader = request.body!.getReader()
        let bytes = (await reader.read()).value!.byteLength
        await held
        for (;;) {
          const { done, value } = await reader.read()
          if (done) return text(String(bytes))
          bytes += value.byteLength
        }
      },
      { maxBodySize: total },
    )
    using client = server.connect()
    const chunk = new Uint8Array(64 * 1024)
    client.send(`${HEAD}Content-Length: ${total}\r\n\r\n`)
    let sent = 0
    const pump = () => {
      while (sent < total) {
        sent += chunk.byteLength
        if (!client.socket.write(chunk)) return void client.socket.once('drain', pump)
      }
    }
    pump()
    // Wait until the socket's buffers are full.
    let before = -1
    while (before !== sent) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(sent).toBeLessThan(24 * 1024 * 1024)
    proceed()
    expect((await client.response()).body).toBe(String(total))
    expect(sent).toBe(total)
  })

  it('can be echoed while it is still being sent', async () => {
    await using server = await start(
      ({ request }) => new Response(request.body, { headers: { 'content-type': 'text/plain' } }),
    )
    using client = server.connect()
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n`)
    await until(() => client.received.includes('one'))
    client.send('3\r\ntwo\r\n')
    await until(() => client.received.includes('two'))
    client.send('0\r\n\r\n')
    expect((await client.response()).body).toBe('onetwo')
    client.send(`${HEAD}Content-Length: 5\r\n\r\nagain`)
    expect((await client.response()).body).toBe('again')
  })
})

describe('the size of a request body', () => {
  it('is rejected with 413 by its Content-Length before it is read', async () => {
    await using server = await start(length, { maxBodySize: 10 })
    const refused = await server.raw(`${HEAD}Content-Length: 11\r\n\r\n`)
    expect(refused.status).toBe(413)
    expect(JSON.parse(refused.body).detail).toBe('The request body is larger than 10 bytes.')
    expect((await server.raw(`${HEAD}Content-Length: 10\r\n\r\n0123456789`)).body).toBe('10')
  })

  it('is rejected with 413 while it is read if it has no Content-Length', async () => {
    await using server = await start(length, { maxBodySize: 10 })
    using client = server.connect()
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n`)
    client.send('5\r\n67890\r\n')
    const { status, headers } = await client.response()
    expect(status).toBe(413)
    expect(headers.get('connection')).toEqual(['close'])
  })

  it('is rejected even for a client that sends everything before it reads', async () => {
    await using server = await start(length, { maxBodySize: 10 })
    using client = server.connect()
    const size = 8 * 1024 * 1024
    client.send(`${HEAD}Content-Length: ${size}\r\n\r\n`)
    await new Promise<void>((resolve) => client.socket.write(new Uint8Array(size), () => resolve()))
    expect((await client.response()).status).toBe(413)
  })

  it('can be unlimited', async () => {
    await using server = await start(length, { maxBodySize: Number.POSITIVE_INFINITY })
    const size = 20 * 1024 * 1024
    const response = await fetch(server.url, { method: 'POST', body: new Uint8Array(size) })
    expect(await response.text()).toBe(String(size))
  })
})

describe('Expect: 100-continue', () => {
  const expecting = `${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`

  it('gets 100 when the application reads, and not before', async () => {
    let proceed = () => {}
    const held = new Promise<void>((resolve) => {
      proceed = resolve
    })
    let called = false
    await using server = await start(async ({ request }) => {
      called = true
      await held
      return text(await request.text())
    })
    using client = server.connect()
    client.send(expecting)
    await until(() => called)
    expect(client.received).toBe('')
    proceed()
    expect((await client.response()).status).toBe(100)
    client.send('hello')
    expect((await client.response()).body).toBe('hello')
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.response()).status).toBe(200)
  })

  it('gets the final response and a closed connection if the application does not read', async () => {
    await using server = await start(() => empty(403))
    using client = server.connect()
    const { status, headers } = await client.send(expecting).response()
    expect(status).toBe(403)
    expect(headers.get('connection')).toEqual(['close'])
    await client.end()
  })

  it('gets no 100 for a body that is too large', async () => {
    await using server = await start(length, { maxBodySize: 4 })
    using client = server.connect()
    expect((await client.send(expecting).response()).status).toBe(413)
    expect(await client.end()).toBe('')
  })

  it('is the only supported expectation: others get 417', async () => {
    await using server = await start(length)
    const { status, body } = await server.raw(`${HEAD}Expect: magic\r\nContent-Length: 0\r\n\r\n`)
    expect(status).toBe(417)
    expect(JSON.parse(body).title).toBe('Expectation Failed')
  })
})

describe('a request body that the application does not read', () => {
  it('is not treated as the next request', async () => {
    await using server = await start(({ pathInfo }) => text(pathInfo))
    using client = server.connect()
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
    client.send(`${HEAD}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`)
    client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.response()).body).toBe('/')
    expect((await client.response()).body).toBe('/next')
  })

  it('is discarded if it is short, so that the connection can be reused', async () => {
    await using server = await start(async ({ request, pathInfo }) => {
      if (pathInfo === '/peek') await request.body!.getReader().read()
      return text(pathInfo)
    })
    using client = server.connect()
    for (const path of ['/', '/peek']) {
      client.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01`)
      expect((await client.response()).body).toBe(path)
      client.send('23456789')
    }
    client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.response()).body).toBe('/next')
  })

  it('closes the connection if it is long', async () => {
    const { promise: finished, resolve } = Promise.withResolvers<unknown>()
    await using server = await start((environ) => {
      environ.finished.then(resolve)
      return text('no, thank you')
    })
    using client = server.connect()
    client.send(`${HEAD}Content-Length: ${20 * 1024 * 1024}\r\n\r\n`)
    const { headers, body } = await client.response()
    expect(headers.get('connection')).toEqual(['close'])
    expect(body).toBe('no, thank you')
    client.socket.on('error', () => {})
    client.send(new Uint8Array(18 * 1024 * 1024))
    await client.end()
    expect(await finished).toMatchObject({ bytes: 13, aborted: false })
  })

  it('does not count as a cut-off response if the client disconnects', async () => {
    const { promise: finished, resolve } = Promise.withResolvers<unknown>()
    await using server = await start((environ) => {
      environ.finished.then(resolve)
      return text('no, thank you')
    })
    using client = server.connect()
    await client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`).response()
    client.socket.destroy()
    expect(await finished).toMatchObject({ bytes: 13, aborted: false })
  })

  it('cannot be read after the response', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    await using server = await start(({ request, waitUntil, finished }) => {
      waitUntil(
        finished.then(async () => {
          await request.text().catch(resolve)
        }),
      )
      return text('done')
    })
    using client = server.connect()
    client.send(`${HEAD}Content-Length: 10\r\n\r\n01`)
    expect((await client.response()).body).toBe('done')
    expect(await promise).toMatchObject({ message: 'The response ended before the request was read.' })
  })
})

describe('a request body that arrived before its client disconnected', () => {
  it.each<[string, (request: Request) => Promise<string>]>([
    ['a whole', (request) => request.text()],
    [
      'a stream',
      async (request) => {
        const chunks: string[] = []
        for await (const chunk of request.body!) chunks.push(new TextDecoder().decode(chunk))
        return chunks.join('')
      },
    ],
  ])('can still be read, as %s, with a length or chunks', async (_, read) => {
    let calls = 0
    const bodies: string[] = []
    await using server = await start(async ({ request, signal }) => {
      calls++
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      bodies.push(await read(request))
      return text('')
    })
    for (const body of [
      'Content-Length: 5\r\n\r\nhello',
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ]) {
      const client = server.connect()
      client.send(`POST / HTTP/1.1\r\nHost: a\r\n${body}`)
      await until(() => calls > bodies.length)
      client.socket.resetAndDestroy()
      await until(() => calls === bodies.length)
    }
    expect(bodies).toEqual(['hello', 'hello'])
    expect(server.errors).toEqual([])
  })
})

describe('a request body that is cut off', () => {
  it('rejects the read with an error that is not reported', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    await using server = await start(async ({ request }) => {
      try {
        return text(await request.text())
      } catch (error) {
        resolve(error)
        throw error
      }
    })
    using client = server.connect()
    client.send(`${HEAD}Content-Length: 10\r\n\r\n01234`)
    client.socket.on('connect', () => setTimeout(() => client.socket.destroy(), 50))
    expect(await promise).toMatchObject({ status: 400, message: 'The request was cut off.' })
    await server.server.close()
    expect(server.errors).toEqual([])
  })

  it('gets 400 if its chunks are malformed', async () => {
    await using server = await start(length)
    using client = server.connect()
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`)
    client.send('zz\r\n')
    expect((await client.response()).status).toBe(400)
    await client.end()
  })

  it('gets 408 if it takes too long', async () => {
    await using server = await start(length, { headersTimeout: 100, receiveTimeout: 200 })
    using client = server.connect()
    client.send(`${HEAD}Content-Length: 10\r\n\r\n01`)
    const { status, headers } = await client.response()
    expect(status).toBe(408)
    expect(headers.get('connection')).toEqual(['close'])
    await client.end()
  })
})
