import { empty, HttpError, stream, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import { bodyOf, request, scratch, start, statusOf, until } from '../../test/start.ts'

const MB = 1024 * 1024

describe('a request body', () => {
  it('arrives complete, however it is split', async () => {
    await using gateway = await start(async ({ request }) => text(await request.text()))
    using connection = gateway.connect()
    const bytes = Buffer.concat([
      request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '11' }),
      Buffer.from('hello world'),
    ])
    for (const byte of bytes) {
      connection.send(Buffer.from([byte]))
      if (byte === 0x6f) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(bodyOf(await connection.end())).toBe('hello world')
  })

  it('is streamed', async () => {
    await using gateway = await start(({ request }) => {
      async function* echo() {
        for await (const chunk of request.body!) {
          yield chunk
          yield '|'
        }
      }
      return stream(echo())
    })
    using connection = gateway.connect()
    connection.send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '6' })).send('abc')
    await connection.until('abc|')
    connection.send('def')
    expect(bodyOf(await connection.end())).toBe('abc|def|')
  })

  it('of 10 MB is not read ahead of the application', async () => {
    let go: () => void = () => {}
    const ready = new Promise<void>((resolve) => {
      go = resolve
    })
    await using gateway = await start(async ({ request }) => {
      await ready
      return text(String((await request.bytes()).length))
    })
    using connection = gateway.connect()
    connection
      .send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: String(10 * MB) }))
      .send(Buffer.alloc(10 * MB))
    await new Promise((resolve) => setTimeout(resolve, 100))
    // The kernel buffers some megabytes; the process reads no more than that.
    expect(connection.socket.writableLength).toBeGreaterThan(0)
    go()
    expect(bodyOf(await connection.end())).toBe(String(10 * MB))
  })

  it('over the limit gets 413', async () => {
    await using gateway = await start(async ({ request }) => text(await request.text()), { maxBodySize: 10 })
    expect(bodyOf(await gateway.exchange({ REQUEST_METHOD: 'POST' }, '0123456789'))).toBe('0123456789')
    expect(statusOf(await gateway.exchange({ REQUEST_METHOD: 'POST' }, 'x'.repeat(2 * MB)))).toBe(413)
  })

  it('that is not read does not delay the response', async () => {
    await using gateway = await start(() => text('no thanks'))
    const response = await gateway.exchange({ REQUEST_METHOD: 'POST' }, Buffer.alloc(4 * MB))
    expect(bodyOf(response)).toBe('no thanks')
  })

  it('that is not read is discarded before the connection closes, because routers would lose the response', async () => {
    await using gateway = await start(() => text('no thanks'))
    using connection = gateway.connect()
    connection.send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '6' })).send('abc')
    await connection.until('no thanks')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(connection.ended).toBe(false)
    connection.send('def')
    expect(bodyOf(await connection.end())).toBe('no thanks')
  })

  it('that never arrives does not turn a delivered response into an aborted one', async () => {
    let end: unknown
    await using gateway = await start(({ finished }) => {
      finished.then((finished) => {
        end = finished
      })
      return text('no thanks')
    })
    const connection = gateway.connect()
    connection.send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '6' }))
    await connection.until('no thanks')
    connection.socket.end()
    await until(() => end !== undefined)
    expect(end).toMatchObject({ bytes: 9, aborted: false })
  })

  it('that arrived in time can be read after the timeout', async () => {
    await using gateway = await start(
      async ({ request }) => {
        await new Promise((resolve) => setTimeout(resolve, 120))
        return text(await request.text())
      },
      { receiveTimeout: 40 },
    )
    expect(bodyOf(await gateway.exchange({ REQUEST_METHOD: 'POST' }, 'in time'))).toBe('in time')
  })

  it('that is cancelled does not delay the response', async () => {
    await using gateway = await start(async ({ request }) => {
      await request.body!.cancel()
      return text('enough')
    })
    expect(bodyOf(await gateway.exchange({ REQUEST_METHOD: 'POST' }, Buffer.alloc(4 * MB)))).toBe('enough')
  })

  it('of GET is ignored', async () => {
    await using gateway = await start(({ request }) => text(String(request.body)))
    expect(bodyOf(await gateway.exchange({ REQUEST_METHOD: 'GET' }, 'body'))).toBe('null')
  })

  it('has no more bytes than CONTENT_LENGTH', async () => {
    await using gateway = await start(async ({ request }) => text(await request.text()))
    const response = await gateway.exchange({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '3' }, 'abcdef')
    expect(bodyOf(response)).toBe('abc')
  })

  it('that is cut off fails and aborts the signal', async () => {
    const seen: unknown[] = []
    await using gateway = await start(async ({ request, signal }) => {
      await request.text().catch((error: unknown) => seen.push(error))
      seen.push(signal.aborted)
      return text('')
    })
    const connection = gateway.connect()
    connection.send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '6' })).send('abc')
    connection.socket.end()
    await until(() => seen.length === 2)
    expect(seen).toEqual([expect.objectContaining({ status: 400, detail: 'The request was cut off.' }), true])
  })

  it('that arrived before the client disconnected can still be read', async () => {
    const bodies: string[] = []
    await using gateway = await start(async ({ request, signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      bodies.push(await request.text())
      return text('')
    })
    const connection = gateway.connect()
    connection.send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '3' })).send('abc')
    connection.socket.end()
    await until(() => bodies.length === 1)
    expect(bodies).toEqual(['abc'])
  })

  it('that takes too long fails with 408', async () => {
    await using gateway = await start(async ({ request }) => text(await request.text()), {
      receiveTimeout: 50,
    })
    using connection = gateway.connect()
    connection.send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '6' })).send('abc')
    expect(statusOf(await connection.end())).toBe(408)
  })
})

describe('a response', () => {
  it('is HTTP with a status line, header fields and a length', async () => {
    await using gateway = await start(() => {
      const response = text('héllo', {
        status: 201,
        headers: { 'x-a': 'b', date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
      })
      response.headers.append('set-cookie', 'a=1')
      response.headers.append('set-cookie', 'b=2')
      return response
    })
    expect((await gateway.exchange({})).split('\r\n')).toEqual([
      'HTTP/1.1 201 Created',
      'content-type: text/plain; charset=utf-8',
      'x-a: b',
      'date: Thu, 01 Jan 1970 00:00:00 GMT',
      'set-cookie: a=1',
      'set-cookie: b=2',
      'content-length: 6',
      'connection: close',
      '',
      'h\xc3\xa9llo',
    ])
  })

  it('has a date and the reason phrase of the application', async () => {
    await using gateway = await start(() => new Response('x', { status: 299, statusText: 'Odd' }))
    const response = await gateway.exchange({})
    expect(response).toMatch(/^HTTP\/1\.1 299 Odd\r\n/)
    expect(response).toMatch(/\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/)
  })

  it('to HEAD has the length but no body', async () => {
    await using gateway = await start(({ pathInfo }) =>
      pathInfo === '/' ? text('hello') : stream(['hello']),
    )
    const whole = await gateway.exchange({ REQUEST_METHOD: 'HEAD' })
    expect(whole).toContain('\r\ncontent-length: 5\r\n')
    expect(bodyOf(whole)).toBe('')
    const streamed = await gateway.exchange({ REQUEST_METHOD: 'HEAD', REQUEST_URI: '/stream' })
    expect(streamed).not.toContain('content-length')
    expect(bodyOf(streamed)).toBe('')
  })

  it('with status 204 or 304 has no misleading length', async () => {
    await using gateway = await start(({ pathInfo }) => empty(pathInfo === '/204' ? 204 : 304))
    expect(await gateway.exchange({ REQUEST_URI: '/204' })).not.toContain('content-length')
    expect(await gateway.exchange({ REQUEST_URI: '/304' })).not.toContain('content-length')
  })

  it('is streamed without chunked framing and ends with the connection', async () => {
    let next: (() => void) | undefined
    await using gateway = await start(() =>
      stream(
        (async function* () {
          yield 'one '
          await new Promise<void>((resolve) => {
            next = resolve
          })
          yield 'two'
        })(),
      ),
    )
    using connection = gateway.connect()
    connection.send(request())
    const head = await connection.until('one ')
    expect(head).not.toMatch(/transfer-encoding|content-length/)
    await until(() => next !== undefined)
    next!()
    expect(bodyOf(await connection.end())).toBe('one two')
  })

  it('has a length if its stream ends immediately', async () => {
    await using gateway = await start(() => stream(['hello']))
    expect(await gateway.exchange({})).toContain('\r\ncontent-length: 5\r\n')
  })

  it('sends the head before the first chunk', async () => {
    await using gateway = await start(({ signal }) => {
      const body = new ReadableStream({
        start: (controller) => signal.addEventListener('abort', () => controller.close()),
      })
      return new Response(body, { headers: { 'content-type': 'text/plain' } })
    })
    using connection = gateway.connect()
    connection.send(request())
    expect(statusOf(await connection.until('\r\n\r\n'))).toBe(200)
  })

  it('is read no faster than the front end reads', async () => {
    let made = 0
    await using gateway = await start(() =>
      stream(
        (function* () {
          for (; made < 1_000; made++) yield Buffer.alloc(64 * 1024)
        })(),
      ),
    )
    using connection = gateway.connect()
    connection.socket.pause()
    connection.send(request())
    await until(() => made > 0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(made).toBeLessThan(500)
  })

  it('is an error response if the application throws', async () => {
    await using gateway = await start(({ pathInfo }) => {
      if (pathInfo === '/404') throw new HttpError(404, 'Nothing here.')
      throw new Error('secret')
    })
    expect(statusOf(await gateway.exchange({ REQUEST_URI: '/404' }))).toBe(404)
    expect(gateway.errors).toEqual([])
    const broken = await gateway.exchange({})
    expect(statusOf(broken)).toBe(500)
    expect(broken).not.toContain('secret')
    expect(gateway.errors).toEqual([expect.objectContaining({ message: 'secret' })])
  })

  it('is a 500 if its stream fails before the first chunk', async () => {
    await using gateway = await start(() =>
      stream(
        // biome-ignore lint/correctness/useYield: it fails before its first yield
        (function* (): Generator<string> {
          throw new Error('early')
        })(),
      ),
    )
    expect(statusOf(await gateway.exchange({}))).toBe(500)
    expect(gateway.errors).toEqual([expect.objectContaining({ message: 'early' })])
  })

  it('resets a TCP connection if its stream fails', async () => {
    await using gateway = await start(() => stream(failing()))
    using connection = gateway.connect()
    connection.send(request())
    await connection.end()
    await until(() => connection.error !== undefined)
    expect(connection.error?.code).toBe('ECONNRESET')
    expect(gateway.errors).toEqual([expect.objectContaining({ message: 'late' })])
  })

  it('ends before its length on a Unix socket if its stream fails', async () => {
    using folder = scratch()
    const headers = { 'content-length': '100' }
    await using gateway = await start(() => stream(failing(), { headers }), {
      path: `${folder.path}/app.sock`,
    })
    const response = await gateway.exchange({})
    expect(response).toContain('content-length: 100')
    expect(bodyOf(response)).toBe('begin')
  })

  it.each([true, false])(
    'is cut off and reported if it violates its Content-Length (linted: %s)',
    async (linted) => {
      await using gateway = await start(
        ({ pathInfo }) => {
          const headers = { 'content-length': '5', 'content-type': 'text/plain' }
          async function* chunks() {
            yield 'abc'
            await new Promise((resolve) => setTimeout(resolve, 5))
            if (pathInfo === '/more') yield 'defg'
          }
          return stream(chunks(), { headers })
        },
        { linted },
      )
      for (const REQUEST_URI of ['/more', '/less']) {
        expect(bodyOf(await gateway.exchange({ REQUEST_URI })).length).toBeLessThanOrEqual(5)
      }
      expect(gateway.errors).toHaveLength(2)
    },
  )
})

describe('an application that takes too long', () => {
  it('causes a 503 and an aborted signal, and its late response is cancelled', async () => {
    const seen: string[] = []
    await using gateway = await start(
      async ({ signal, pathInfo }) => {
        if (pathInfo === '/quick') return text('quick')
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        seen.push((signal.reason as Error).name)
        const body = new ReadableStream({ cancel: () => void seen.push('cancelled') })
        return new Response(body, { headers: { 'content-type': 'text/plain' } })
      },
      { requestTimeout: 50 },
    )
    expect(statusOf(await gateway.exchange({ REQUEST_URI: '/slow' }))).toBe(503)
    await until(() => seen.length === 2)
    expect(seen).toEqual(['TimeoutError', 'cancelled'])
    expect(gateway.errors).toEqual([
      expect.objectContaining({
        status: 503,
        cause: expect.objectContaining({
          message: 'GET /slow: the application did not respond within 50 ms',
        }),
      }),
    ])
    expect(bodyOf(await gateway.exchange({ REQUEST_URI: '/quick' }))).toBe('quick')
  })

  it('has an aborted signal even if it reads the signal later', async () => {
    let aborted: boolean | undefined
    await using gateway = await start(
      async (environ) => {
        await new Promise((resolve) => setTimeout(resolve, 120))
        aborted = environ.signal.aborted
        return text('late')
      },
      { requestTimeout: 40 },
    )
    expect(statusOf(await gateway.exchange({}))).toBe(503)
    await until(() => aborted !== undefined)
    expect(aborted).toBe(true)
  })

  it('causes no response if the client has disconnected', async () => {
    let ended = false
    await using gateway = await start(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 120))
        ended = true
        return text('late')
      },
      { requestTimeout: 60 },
    )
    const connection = gateway.connect()
    connection.send(request())
    await new Promise((resolve) => setTimeout(resolve, 20))
    connection.socket.destroy()
    await until(() => ended)
    expect(gateway.errors).toEqual([])
  })
})

describe('a client that disconnects', () => {
  it('aborts the signal while the application is working', async () => {
    const seen: string[] = []
    await using gateway = await start(async ({ signal, finished }) => {
      finished.then(({ aborted }) => seen.push(`finished, aborted ${aborted}`))
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      seen.push((signal.reason as Error).name)
      return text('too late')
    })
    const connection = gateway.connect()
    connection.send(request())
    await new Promise((resolve) => setTimeout(resolve, 20))
    connection.socket.destroy()
    await until(() => seen.length === 2)
    expect(seen.sort()).toEqual(['AbortError', 'finished, aborted true'])
    expect(gateway.errors).toEqual([])
  })

  it('is noticed by a half-close, even with an unread body', async () => {
    let aborted = false
    await using gateway = await start(async ({ signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      aborted = true
      return text('')
    })
    const connection = gateway.connect()
    connection.send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '3' })).send('abc')
    connection.socket.end()
    await until(() => aborted)
  })

  it('is noticed by a reset behind more of the body than is read', async () => {
    const aborted = Promise.withResolvers<void>()
    await using gateway = await start(async ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve())
      await aborted.promise
      return text('')
    })
    const connection = gateway.connect()
    connection
      .send(request({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: String(MB) }))
      .send(Buffer.alloc(MB / 2))
    await new Promise((resolve) => setTimeout(resolve, 50))
    connection.socket.resetAndDestroy()
    await aborted.promise
  })

  it('is assumed if the front end does not read, even if it sends something', async () => {
    const aborted = Promise.withResolvers<void>()
    await using gateway = await start(
      ({ signal }) => {
        signal.addEventListener('abort', () => aborted.resolve())
        return text('a'.repeat(50 * MB))
      },
      { sendTimeout: 300 },
    )
    const connection = gateway.connect()
    connection.socket.pause()
    connection.send(request())
    const timer = setInterval(() => connection.send('x'), 50)
    await aborted.promise
    clearInterval(timer)
    connection.socket.destroy()
  })

  it('cancels the stream that is being sent', async () => {
    let cancelled = false
    await using gateway = await start(() =>
      stream(
        (async function* () {
          try {
            for (;;) {
              yield 'tick '
              await new Promise((resolve) => setTimeout(resolve, 5))
            }
          } finally {
            cancelled = true
          }
        })(),
      ),
    )
    const connection = gateway.connect()
    connection.send(request())
    await connection.until('tick tick')
    connection.socket.destroy()
    await until(() => cancelled)
    expect(gateway.errors).toEqual([])
  })

  it('aborts a signal that is read later and cancels a late stream', async () => {
    const seen: unknown[] = []
    await using gateway = await start(async (environ) => {
      await environ.finished
      seen.push(environ.signal.aborted)
      const body = new ReadableStream({ cancel: () => void seen.push('cancelled') })
      return new Response(body, { headers: { 'content-type': 'text/plain' } })
    })
    const connection = gateway.connect()
    connection.send(request())
    await new Promise((resolve) => setTimeout(resolve, 20))
    connection.socket.destroy()
    await until(() => seen.length === 2)
    expect(seen).toEqual([true, 'cancelled'])
    expect(gateway.errors).toEqual([])
  })

  it('does not abort a response that has ended', async () => {
    let late: AbortSignal | undefined
    let end: unknown
    await using gateway = await start(({ signal, finished }) => {
      late = signal
      finished.then((finished) => {
        end = finished
      })
      return text('done')
    })
    await gateway.exchange({})
    await until(() => end !== undefined)
    expect(end).toMatchObject({ bytes: 4, aborted: false })
    expect(late!.aborted).toBe(false)
  })

  it.each(['whole', 'streamed'])('that does not read a %s response is disconnected', async (kind) => {
    let end: { aborted: boolean } | undefined
    await using gateway = await start(
      ({ finished }) => {
        finished.then((finished) => {
          end = finished
        })
        const large = 'x'.repeat(32 * MB)
        return kind === 'whole' ? text(large) : stream([large, large])
      },
      { sendTimeout: 100 },
    )
    using connection = gateway.connect()
    connection.socket.pause()
    connection.send(request())
    await until(() => end !== undefined)
    expect(end!.aborted).toBe(true)
  })
})

describe('close', () => {
  it('waits for open requests and for waitUntil', async () => {
    let go: () => void = () => {}
    let kept = false
    const gateway = await start(async ({ waitUntil }) => {
      waitUntil(new Promise((resolve) => setTimeout(resolve, 50)).then(() => (kept = true)))
      await new Promise<void>((resolve) => {
        go = resolve
      })
      return text('finished')
    })
    using connection = gateway.connect()
    using idle = gateway.connect()
    connection.send(request())
    await new Promise((resolve) => setTimeout(resolve, 20))
    const closed = gateway.close()
    await idle.end()
    go()
    expect(bodyOf(await connection.end())).toBe('finished')
    connection.socket.destroy()
    await closed
    expect(kept).toBe(true)
    expect(gateway.errors).toEqual([])
  })

  it('cuts off requests and promises that take too long, and reports them', async () => {
    let aborted = false
    const gateway = await start(
      async ({ signal, waitUntil }) => {
        waitUntil(new Promise(() => {}))
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        aborted = true
        return text('')
      },
      { gracefulTimeout: 50 },
    )
    using connection = gateway.connect()
    connection.send(request())
    await new Promise((resolve) => setTimeout(resolve, 20))
    await gateway.close()
    await until(() => aborted)
    expect(gateway.errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining('1 promise(s) given to waitUntil') }),
    ])
  })
})

async function* failing(): AsyncGenerator<string> {
  yield 'begin'
  await new Promise((resolve) => setTimeout(resolve, 10))
  throw new Error('late')
}
