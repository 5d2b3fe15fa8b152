import { type Environ, type Finished, json, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { engine } from '../../test/serve.ts'
import { start, until } from '../../test/start.ts'
import { version } from './version.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('the environ', () => {
  it('has the data of the request, and creates objects once', async () => {
    let seen: Environ | undefined
    await using server = await start((environ) => {
      seen = environ
      const { headers, request, signal, gateway } = environ
      return json({
        same: [environ.headers === headers, environ.request === request, environ.signal === signal],
        gatewaySame: environ.gateway === gateway,
        values: [...headers].filter(([name]) => name.startsWith('x-')),
        method: request.method,
      })
    })
    const { body } = await server.raw(
      'PATCH /a HTTP/1.1\r\nHost: a\r\nX-Twice: 1\r\nx-twice: 2\r\nX-Bytes: caf\xe9\r\n\r\n',
    )
    expect(JSON.parse(Buffer.from(body, 'latin1').toString())).toEqual({
      same: [true, true, true],
      gatewaySame: true,
      values: [
        ['x-bytes', 'caf\xe9'],
        ['x-twice', '1, 2'],
      ],
      method: 'PATCH',
    })
    expect(seen).toMatchObject({ protocol: 'HTTP/1.1', remoteAddress: '127.0.0.1', scheme: 'http' })
  })

  it('names the gateway and gives access to its native objects', async () => {
    await using server = await start(({ gateway }) => {
      const { incoming, outgoing, socket } = gateway.native as Record<string, { url?: string } | undefined>
      const natives = [incoming?.url ?? null, outgoing !== undefined, socket !== undefined]
      return json([gateway.name, gateway.version, gateway.multiprocess, ...natives])
    })
    expect(await (await fetch(`${server.url}/x`)).json()).toEqual(
      engine === 'node'
        ? ['node:http', version, false, '/x', true, false]
        : ['@tsgi/http1', version, false, null, false, true],
    )
  })

  it('has the same headers in the request', async () => {
    await using server = await start(({ request }) =>
      json(['host', 'cookie', 'connection', 'accept'].map((name) => request.headers.get(name))),
    )
    const { body } = await server.raw(
      'GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\nAccept: x/y\r\n\r\n',
    )
    expect(JSON.parse(body)).toEqual(['a', 'a=1; b=2', 'close', 'x/y'])
  })
})

describe('signal', () => {
  it('aborts on the environ and the request when the client disconnects before the response', async () => {
    const aborted: string[] = []
    let arrived = false
    await using server = await start(async ({ signal, request }) => {
      arrived = true
      request.signal.addEventListener('abort', () => aborted.push('request'))
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      aborted.push((signal.reason as DOMException).name)
      return text('too late')
    })
    using client = server.connect()
    client.send(GET)
    await until(() => arrived)
    client.socket.destroy()
    await until(() => aborted.length === 2)
    expect(aborted.sort()).toEqual(['AbortError', 'request'])
    expect(server.errors).toEqual([])
  })

  it('is already aborted if it is first read afterwards', async () => {
    const { promise, resolve } = Promise.withResolvers<AbortSignal>()
    let arrived = false
    await using server = await start(async (environ) => {
      arrived = true
      await environ.finished
      resolve(environ.signal)
      return text('')
    })
    using client = server.connect()
    client.send(GET)
    await until(() => arrived)
    client.socket.destroy()
    expect((await promise).aborted).toBe(true)
  })

  it('does not abort after the response has ended', async () => {
    let signal: AbortSignal | undefined
    const ends: Finished[] = []
    await using server = await start((environ) => {
      signal = environ.signal
      environ.finished.then((end) => ends.push(end))
      return text('Hello')
    })
    using client = server.connect()
    await client.send(GET).response()
    await until(() => ends.length === 1)
    client.socket.resetAndDestroy()
    await server.server.close()
    expect(signal?.aborted).toBe(false)
    expect(ends).toEqual([{ bytes: 5, aborted: false, duration: expect.any(Number) }])
  })
})

describe('finished', () => {
  it('has the number of bytes sent and the error that cut the response off', async () => {
    const ends: Finished[] = []
    await using server = await start(({ finished, pathInfo }) => {
      finished.then((end) => ends.push(end))
      if (pathInfo === '/whole') return text('h\u00e9llo')
      const failure = new Error('broken')
      return new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(new Uint8Array(1000))
            await new Promise((resolve) => setTimeout(resolve, 20))
            controller.error(failure)
          },
        }),
        { headers: { 'content-type': 'x/y' } },
      )
    })
    await fetch(`${server.url}/whole`, { method: 'HEAD' })
    await fetch(`${server.url}/whole`)
    await fetch(`${server.url}/cut`).then((response) => response.text().catch(() => {}))
    await until(() => ends.length === 3)
    expect(ends.map(({ bytes, aborted }) => [bytes, aborted])).toEqual([
      [0, false],
      [6, false],
      [1000, true],
    ])
    expect(ends[2]?.error).toMatchObject({ message: 'broken' })
  })

  it('can be read after the end', async () => {
    let finished: (() => Promise<Finished>) | undefined
    await using server = await start((environ) => {
      finished = () => environ.finished
      return text('Hello')
    })
    const begun = performance.now()
    await (await fetch(server.url)).text()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { bytes, aborted, duration } = await finished!()
    expect([bytes, aborted]).toEqual([5, false])
    // Without the time until it was read.
    expect(duration).toBeLessThan(performance.now() - begun - 40)
  })
})

describe('waitUntil', () => {
  it('reports rejections', async () => {
    await using server = await start(({ waitUntil }) => {
      waitUntil(Promise.reject(new Error('in the background')))
      return text('Hello')
    })
    expect((await server.raw(GET)).body).toBe('Hello')
    expect(server.errors.map(String)).toEqual(['Error: in the background'])
  })
})
