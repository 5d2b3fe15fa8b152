import { type Application, type Chunks, sse, stream, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { RawClient } from '../../test/raw-client.ts'
import { serve } from '../../test/serve.ts'
import { start, until } from '../../test/start.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** The two kinds of bodies, which a gateway reads differently. */
const kinds: [string, (chunks: Chunks, init?: ResponseInit) => Response][] = [
  ['an iterator', stream],
  [
    'a stream',
    (chunks, init) => {
      const response = stream(chunks, init)
      return new Response(response.body, response)
    },
  ],
]

/** Yields the chunks, the first one in a later turn of the event loop. */
async function* late(...chunks: readonly string[]) {
  await new Promise((resolve) => setTimeout(resolve, 1))
  yield* chunks
}

describe.each(kinds)('a response streamed from %s', (_, stream) => {
  it('has a Content-Length if it ends in the first turn of the event loop', async () => {
    await using server = await start(() => stream(['one', 'two']))
    const { headers, body } = await server.raw(GET)
    expect([headers.get('content-length'), body]).toEqual([['6'], 'onetwo'])
  })

  it('becomes a 500 if it fails in the first turn, after two chunks', async () => {
    await using server = await serve(
      () =>
        stream(
          (function* () {
            yield 'one'
            yield 'two'
            throw new Error('broken')
          })(),
        ),
      { listen: 'http://127.0.0.1:0', errors: { write() {} } },
    )
    expect((await fetch(server.addresses[0]!)).status).toBe(500)
  })

  it('is chunked, and each chunk is sent immediately', async () => {
    const { promise: second, resolve: proceed } = Promise.withResolvers<void>()
    await using server = await start(() =>
      stream(
        (async function* () {
          yield 'one'
          await second
          yield 'two'
        })(),
      ),
    )
    using client = server.connect()
    client.send(GET)
    await until(() => client.received.includes('one'))
    expect(client.received).not.toContain('two')
    proceed()
    const { headers, body } = await client.response()
    expect([headers.get('transfer-encoding'), headers.has('content-length'), body]).toEqual([
      ['chunked'],
      false,
      'onetwo',
    ])
    expect((await client.send(GET).response()).status).toBe(200)
  })

  it('sends its head before its first chunk is available', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using server = await start(() =>
      stream(
        (async function* () {
          await promise
          yield 'late'
        })(),
      ),
    )
    using client = server.connect()
    client.send(GET)
    await until(() => client.received.includes('\r\n\r\n'))
    resolve()
    expect((await client.response()).body).toBe('late')
  })

  it('sends its head as latin1, with or without its first chunk', async () => {
    for (const isLate of [true, false]) {
      await using server = await start(() =>
        stream(
          (async function* () {
            if (isLate) await new Promise((resolve) => setTimeout(resolve, 10))
            yield 'ü'
            yield 'ü'
          })(),
          { headers: { 'x-wide': 'é', 'content-length': '4' } },
        ),
      )
      const { headers, body } = await server.raw(GET)
      expect([headers.get('x-wide'), body]).toEqual([['é'], '\xc3\xbc\xc3\xbc'])
    }
  })

  it('keeps a correct Content-Length', async () => {
    await using server = await start(() => stream(['one', 'two'], { headers: { 'content-length': '6' } }))
    const { headers, body } = await server.raw(GET)
    expect([headers.get('content-length'), headers.has('transfer-encoding'), body]).toEqual([
      ['6'],
      false,
      'onetwo',
    ])
  })

  it('closes the connection in HTTP/1.0, which has no chunks', async () => {
    await using server = await start(() => stream(late('one', 'two', 'three')))
    const { headers, body } = await server.raw('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    expect([headers.get('connection'), headers.has('transfer-encoding'), body]).toEqual([
      ['close'],
      false,
      'onetwothree',
    ])
  })

  it('is cancelled for HEAD without being read', async () => {
    let ended = false
    let pulled = 0
    await using server = await start(() =>
      stream({
        [Symbol.asyncIterator]: () => ({
          async next() {
            pulled++
            return { done: false as const, value: 'never' }
          },
          async return() {
            ended = true
            return { done: true as const, value: undefined }
          },
        }),
      }),
    )
    const { status, headers } = await server.raw('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD')
    expect([status, headers.has('content-length'), headers.has('transfer-encoding')]).toEqual([
      200,
      false,
      false,
    ])
    await until(() => ended)
    expect(pulled).toBe(0)
  })

  it('of 64 MB is pulled no faster than the client reads, and arrives complete', async () => {
    const count = 1024
    let pulled = 0
    await using server = await start(() =>
      stream(
        (function* () {
          for (; pulled < count; pulled++) yield new Uint8Array(64 * 1024)
        })(),
      ),
    )
    using client = server.connect()
    client.socket.pause()
    client.send(GET)
    let before = -1
    while (before !== pulled || pulled === 0) {
      before = pulled
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(pulled).toBeLessThan(count / 2)
    let bytes = 0
    client.socket.removeAllListeners('data')
    client.socket.on('data', (chunk) => {
      bytes += chunk.byteLength
    })
    client.socket.resume()
    await until(() => bytes > count * 64 * 1024)
    expect(pulled).toBe(count)
  })

  it('is cut off, streamed or not, if the client reads nothing for too long', async () => {
    const endless = function* () {
      for (;;) yield new Uint8Array(64 * 1024)
    }
    const ending = function* () {
      yield new Uint8Array(64 * 1024)
      yield new Uint8Array(32 * 1024 * 1024)
    }
    for (const respond of [
      () => stream(endless()),
      () => stream(ending()),
      () => text('a'.repeat(32 * 1024 * 1024)),
    ]) {
      const { promise: finished, resolve } = Promise.withResolvers<unknown>()
      await using server = await start(
        (environ) => {
          environ.finished.then(resolve)
          return respond()
        },
        { sendTimeout: 100 },
      )
      using client = server.connect()
      client.socket.pause()
      client.send(GET)
      expect(await finished).toMatchObject({ aborted: true })
    }
  })
})

// The server waits for some seconds before it takes the end of the client's side for a disconnect.
describe.concurrent.each(kinds)('a response streamed from %s whose client disconnects', (_, stream) => {
  it('is cancelled, between chunks and while the client reads nothing', async () => {
    for (const eager of [false, true]) {
      const { promise: returned, resolve } = Promise.withResolvers<void>()
      let started = false
      const iterator: AsyncIterator<Uint8Array> = {
        next() {
          const first = !started
          started = true
          if (!first && !eager) return new Promise(() => {})
          return Promise.resolve({ done: false, value: new Uint8Array(64 * 1024) })
        },
        async return() {
          resolve()
          return { done: true, value: undefined }
        },
      }
      await using server = await start(() => stream({ [Symbol.asyncIterator]: () => iterator as never }))
      using client = server.connect()
      client.send(GET)
      await until(() => client.received.length > 0)
      client.socket.destroy()
      await returned
      expect(server.errors).toEqual([])
    }
  })

  it('does not report the error that the disconnect causes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using server = await start(({ signal }) =>
      stream(
        (async function* () {
          yield 'one'
          try {
            await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
          } finally {
            resolve()
          }
        })(),
      ),
    )
    using client = server.connect()
    client.send(GET)
    await until(() => client.received.includes('one'))
    client.socket.destroy()
    await promise
    await server.server.close()
    expect(server.errors).toEqual([])
  })
})

describe.each(kinds)('a response streamed from %s that fails', (_, stream) => {
  const failing = (chunks: number): Application => {
    return () =>
      stream(
        (async function* () {
          for (let n = 0; n < chunks; n++) yield 'chunk'
          await new Promise((resolve) => setTimeout(resolve, 10))
          throw new Error('out of chunks')
        })(),
      )
  }

  it('before its first chunk becomes a 500', async () => {
    await using server = await start(() =>
      stream(
        // biome-ignore lint/correctness/useYield: it fails before its first yield
        (async function* () {
          throw new Error('at once')
        })(),
      ),
    )
    expect((await server.raw(GET)).status).toBe(500)
    expect(server.errors.map(String)).toEqual(['Error: at once'])
  })

  it('after its head is visibly cut off, and reported', async () => {
    await using server = await start(failing(2))
    using client = server.connect()
    await expect(client.send(GET).response()).rejects.toThrow('the connection ended')
    expect(server.errors.map(String)).toEqual(['Error: out of chunks'])
    await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow()
  })

  it('is cut off by a reset if only the end of the connection delimits it', async () => {
    await using server = await start(failing(2))
    using client = server.connect()
    const { promise, resolve } = Promise.withResolvers<Error>()
    client.socket.on('error', resolve)
    client.send('GET / HTTP/1.0\r\n\r\n')
    expect(await promise).toMatchObject({ code: 'ECONNRESET' })
  })

  it('never appears complete if it is shorter or longer than its Content-Length', async () => {
    for (const [length, chunks] of [
      [5, ['one', 'two']],
      [7, ['one', 'two']],
      [7, ['one', 'two', 'three', 'four']],
    ] as const) {
      const errors: unknown[] = []
      await using server = await serve(
        () => stream(late(...chunks), { headers: { 'content-length': String(length) } }),
        { listen: 'http://127.0.0.1:0', errors: { write: (problem) => errors.push(problem) } },
      )
      using client = new RawClient(Number(new URL(server.addresses[0]!).port))
      const outcome = await client
        .send(GET)
        .response()
        .then(
          ({ status }) => status,
          () => 'cut off',
        )
      expect(outcome).toBe('cut off')
      expect(errors.map(String)[0]).toContain(`Content-Length is ${length}, but its body has`)
    }
  })

  it('is reported if it yields something other than bytes', async () => {
    const errors: unknown[] = []
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue('text')
      },
    })
    await using server = await serve(() => new Response(body), {
      listen: 'http://127.0.0.1:0',
      errors: { write: (problem) => errors.push(problem) },
    })
    expect((await fetch(server.addresses[0]!)).status).toBe(500)
    expect(errors.map(String)).toEqual(['TypeError: A chunk of the body must be a Uint8Array, got "text"'])
  })
})

describe('server-sent events', () => {
  it('are sent immediately, with comments in between, until the client disconnects', async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    async function* events(signal: AbortSignal) {
      try {
        yield 'one'
        yield { event: 'price', data: 'two' }
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      } finally {
        leave()
      }
    }
    await using server = await start(({ signal }) => sse(events(signal), { keepAlive: 10 }))
    using client = server.connect()
    client.send(GET)
    await until(() => client.received.split(': keep-alive\n\n').length > 2)
    // Events that are ready together may be one chunk.
    const sent = client.received.split('\r\n').filter((line) => line.includes('data: '))
    expect(sent.join('')).toBe('data: one\n\nevent: price\ndata: two\n\n')
    client.socket.destroy()
    await left
    expect(server.errors).toEqual([])
  })
})
