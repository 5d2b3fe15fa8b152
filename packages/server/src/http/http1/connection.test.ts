import { type Application, readBody, stream, text } from '@tsgi/core'
import { describe, expect, it } from 'vitest'
import type { RawClient } from '../../../test/raw-client.ts'
import { engine } from '../../../test/serve.ts'
import { start, until } from '../../../test/start.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

describe('pipelined requests', () => {
  it('are handled one at a time, in the order they arrived', async () => {
    const events: string[] = []
    await using server = await start(async ({ pathInfo }) => {
      events.push(`begin ${pathInfo}`)
      await new Promise((resolve) => setTimeout(resolve, pathInfo === '/1' ? 30 : 1))
      events.push(`end ${pathInfo}`)
      return text(pathInfo)
    })
    using client = server.connect()
    client.send(get('/1') + get('/2'))
    client.send(get('/3'))
    for (const path of ['/1', '/2', '/3']) expect((await client.response()).body).toBe(path)
    expect(events).toEqual(['begin /1', 'end /1', 'begin /2', 'end /2', 'begin /3', 'end /3'])
  })

  it('have readable bodies, whether or not the bodies have arrived completely', async () => {
    await using server = await start(async (environ) => {
      const body = await readBody(environ, 1_000_000)
      return text(`${environ.pathInfo} ${body.byteLength}`)
    })
    const post = (path: string, body: string) =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    using client = server.connect()
    const large = 'a'.repeat(300_000)
    client.send(post('/1', large) + post('/2', 'b') + get('/3') + post('/4', large))
    for (const expected of ['/1 300000', '/2 1', '/3 0', '/4 300000']) {
      expect((await client.response()).body).toBe(expected)
    }
  })

  it('are rejected after the responses to the requests before them', async () => {
    let calls = 0
    await using server = await start(async ({ pathInfo }) => {
      calls++
      await new Promise((resolve) => setTimeout(resolve, 10))
      return text(pathInfo)
    })
    for (const [bad, status] of [
      ['GET / HTTP/1.1\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n', 417],
      ['nonsense\r\n\r\n', 400],
    ] as const) {
      calls = 0
      using client = server.connect()
      client.send(get('/1') + get('/2') + bad + get('/3'))
      expect((await client.response()).body).toBe('/1')
      expect((await client.response()).body).toBe('/2')
      expect((await client.response()).status).toBe(status)
      expect(await client.end()).toBe('')
      expect(calls).toBe(2)
    }
  })

  it('are dropped when a response closes the connection', async () => {
    const seen: string[] = []
    await using server = await start(({ pathInfo }) => {
      seen.push(pathInfo)
      return text(pathInfo)
    })
    using client = server.connect()
    client.send(`GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${get('/2')}`)
    expect((await client.response()).body).toBe('/1')
    await client.end()
    expect(seen).toEqual(['/1'])
  })

  it('do not end the process when there are 15,000 of them and their client disconnects', async () => {
    let calls = 0
    await using server = await start(async ({ signal, pathInfo }) => {
      if (pathInfo === '/alive') return text('alive')
      calls++
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return text('late')
    })
    using client = server.connect()
    client.send(get('/').repeat(15_000))
    await until(() => calls > 0)
    client.socket.resetAndDestroy()
    expect(await (await fetch(`${server.url}/alive`)).text()).toBe('alive')
    expect(calls).toBe(1)
  })

  it('all get responses, even if 15,000 arrive together, but not on node:http', async () => {
    await using server = await start(async ({ pathInfo }) => {
      await null
      return text(pathInfo)
    })
    const answered = async (client: RawClient, count: number) => {
      client.send(get('/x').repeat(count))
      for (let n = 0; n < count; n++) expect((await client.response()).body).toBe('/x')
    }
    using client = server.connect()
    await answered(client, 129)
    await answered(client, 129)
    if (engine === 'tsgi') {
      await answered(client, 15_000)
      return
    }
    // It would keep each of them in memory as an object, so that a megabyte of requests would cost fifty.
    client.send(get('/x').repeat(15_000))
    await client.end()
    using next = server.connect()
    await answered(next, 1)
  })

  it('do not prevent other connections from being served in the same turn of the event loop', async () => {
    let calls = 0
    await using server = await start(() => {
      calls++
      return text('')
    })
    let before = 0
    let most = 0
    const look = () => {
      most = Math.max(most, calls - before)
      before = calls
      timer = setImmediate(look)
    }
    let timer = setImmediate(look)
    using client = server.connect()
    // More would be disconnected on node:http.
    const count = engine === 'tsgi' ? 2_000 : 129
    client.send(get('/').repeat(count))
    await until(() => calls === count)
    clearImmediate(timer)
    expect(most).toBeLessThanOrEqual(129)
  })

  it('need no more memory than one response while the client reads nothing', async () => {
    const page = 'a'.repeat(1024 * 1024)
    await using server = await start(() => text(page), { gracefulTimeout: 0 })
    using client = server.connect()
    client.socket.pause()
    await fetch(server.url).then((response) => response.text())
    const before = process.memoryUsage.rss()
    client.send(get('/').repeat(2_000))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect((process.memoryUsage.rss() - before) / 1024 / 1024).toBeLessThan(60)
  })
})

describe('a client that closes its side after its request', () => {
  const slow: Application = async ({ pathInfo }) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return text(pathInfo)
  }

  it('gets its response', async () => {
    await using server = await start(slow)
    for (const version of ['1.1', '1.0']) {
      using client = server.connect()
      client.socket.end(`GET /a HTTP/${version}\r\nHost: a\r\n\r\n`)
      expect(await client.end()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\/a$/)
    }
  })

  it('gets the responses to all its requests', async () => {
    await using server = await start(slow)
    using client = server.connect()
    client.socket.end(get('/1') + get('/2'))
    expect((await client.response()).body).toBe('/1')
    expect((await client.response()).body).toBe('/2')
    expect(await client.end()).toBe('')
  })

  it('gets all of a stream', async () => {
    await using server = await start(() =>
      stream(
        (async function* () {
          for (const part of 'abc') {
            yield part
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        })(),
      ),
    )
    using client = server.connect()
    client.socket.end('GET / HTTP/1.0\r\n\r\n')
    expect(await client.end()).toMatch(/\r\n\r\nabc$/)
  })

  it('is sent interim responses during a long wait', async () => {
    const interim = Promise.withResolvers<void>()
    await using server = await start(async () => {
      await interim.promise
      return text('late')
    })
    using client = server.connect()
    client.socket.end(get('/'))
    expect((await client.response()).status).toBe(100)
    expect((await client.response()).status).toBe(100)
    interim.resolve()
    let response = await client.response()
    while (response.status === 100) response = await client.response()
    expect(response.body).toBe('late')
  })

  it('gets 400 if its request is incomplete', async () => {
    await using server = await start(slow)
    using client = server.connect()
    client.socket.end('GET / HTTP/1.1\r\nHost:')
    expect((await client.response()).status).toBe(400)
    await client.end()
  })
})

describe('a client that disconnects', () => {
  const waiting: Application = async ({ pathInfo, signal }) => {
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
    if (pathInfo === '/stream') {
      return stream(
        (async function* () {
          yield 'begun'
          await aborted
        })(),
      )
    }
    await aborted
    return text('late')
  }
  const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n`
  const requests: readonly (readonly [string, string])[] = [
    ['behind a request', get('/')],
    ['behind pipelined requests', get('/').repeat(3)],
    [
      'behind a request and an upgrade',
      `${get('/')}GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: a\r\n\r\n`,
    ],
    ['behind half a body that nobody reads', post('/') + 'a'.repeat(500_000)],
    ['behind a streamed response and half a body that nobody reads', post('/stream') + 'a'.repeat(500_000)],
  ]

  it.each(requests)('with a reset %s aborts the signal, and leaves no connection', async (_, bytes) => {
    const seen: string[] = []
    const aborted = Promise.withResolvers<void>()
    await using server = await start((environ) => {
      seen.push(environ.pathInfo)
      environ.signal.addEventListener('abort', () => aborted.resolve())
      return waiting(environ)
    })
    using client = server.connect()
    client.send(bytes)
    await until(() => seen.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    client.socket.resetAndDestroy()
    await aborted.promise
    await server.server.close()
    expect(seen).toHaveLength(1)
    expect(server.errors).toEqual([])
  })

  it('without a reset aborts the signal when the server has sent something', async () => {
    const aborted = Promise.withResolvers<void>()
    await using server = await start((environ) => {
      environ.signal.addEventListener('abort', () => aborted.resolve())
      return waiting(environ)
    })
    for (const bytes of [get('/'), get('/').repeat(2)]) {
      using client = server.connect()
      client.send(bytes)
      await new Promise((resolve) => setTimeout(resolve, 50))
      client.socket.destroy()
      await aborted.promise
    }
  })

  it('after many pipelined requests that ended with its side aborts the signal', async () => {
    const aborted = Promise.withResolvers<void>()
    await using server = await start((environ) => {
      if (environ.pathInfo === '/quick') return text('')
      environ.signal.addEventListener('abort', () => aborted.resolve())
      return waiting(environ)
    })
    using client = server.connect()
    client.socket.end(get('/quick').repeat(128) + get('/'))
    for (let responses = 0; responses < 128; responses++) await client.response()
    client.socket.destroy()
    await aborted.promise
  })
})

describe('a client that does not read its response', () => {
  it('does not extend sendTimeout by sending something', async () => {
    const aborted = Promise.withResolvers<void>()
    await using server = await start(
      ({ signal }) => {
        signal.addEventListener('abort', () => aborted.resolve())
        return text('a'.repeat(50_000_000))
      },
      { sendTimeout: 300 },
    )
    using client = server.connect()
    client.socket.pause()
    client.send(get('/'))
    const timer = setInterval(() => client.send('\r\n'), 50)
    await aborted.promise
    clearInterval(timer)
    expect(server.errors).toEqual([])
  })

  it('does not shorten the time of the next request on the connection', async () => {
    await using server = await start(
      async ({ pathInfo }) => {
        if (pathInfo === '/late') await new Promise((resolve) => setTimeout(resolve, 1_300))
        return text('a'.repeat(pathInfo === '/late' ? 5 : 5_000_000))
      },
      { sendTimeout: 1_000 },
    )
    using client = server.connect()
    expect((await client.send(get('/')).response()).body.length).toBe(5_000_000)
    expect((await client.send(get('/late')).response()).body).toBe('aaaaa')
  })
})

describe('an idle connection', () => {
  const reading: Application = async ({ request }) => {
    await request.text()
    return text('Hello')
  }

  it('waits for the rest of a request head longer than it stays open between requests', async () => {
    await using server = await start(() => text('Hello'), { keepAliveTimeout: 100, headersTimeout: 5_000 })
    for (const before of ['', get('/')]) {
      using client = server.connect()
      if (before !== '') await client.send(before).response()
      client.send('GET / HTTP/1.1\r\nHo')
      await new Promise((resolve) => setTimeout(resolve, 400))
      client.send('st: a\r\n\r\n')
      expect((await client.response()).body).toBe('Hello')
    }
  })

  it('gets 408 when the rest of a request head does not arrive', async () => {
    await using server = await start(() => text('Hello'), { keepAliveTimeout: 50, headersTimeout: 200 })
    using client = server.connect()
    await client.send(get('/')).response()
    client.send('GET / HTTP/1.1\r\nHo')
    expect((await client.response()).status).toBe(408)
  })

  it('waits for a request head of which the start arrived together with another request', async () => {
    await using server = await start(reading, { keepAliveTimeout: 100, headersTimeout: 5_000 })
    const bodies = ['', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n']
    for (const [at, body] of ['', 'hello', '5\r\nhello\r\n0\r\n\r\n'].entries()) {
      using client = server.connect()
      const first = `POST / HTTP/1.1\r\nHost: a\r\n${bodies[at]}\r\n${body}`
      expect((await client.send(`${first}GET / HTTP/1.1\r\nHo`).response()).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 400))
      expect((await client.send('st: a\r\n\r\n').response()).body).toBe('Hello')
    }
  })

  it('gets 408 when the rest of such a request head does not arrive', async () => {
    await using server = await start(() => text('Hello'), { keepAliveTimeout: 50, headersTimeout: 200 })
    using client = server.connect()
    expect((await client.send(`${get('/')}G`).response()).status).toBe(200)
    expect((await client.response()).status).toBe(408)
  })

  it('is closed after the timeout, whatever the fields of its requests were', async () => {
    await using server = await start(reading, { keepAliveTimeout: 50, headersTimeout: 100 })
    const requests = [
      '',
      'a:b\r\n',
      'a:  b \r\n',
      'Content-Length: 0\r\n',
      'Transfer-Encoding: chunked\r\n',
    ].map(
      (fields) => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${fields.startsWith('T') ? '0\r\n\r\n' : ''}`,
    )
    const endings = requests.map(async (request) => {
      using client = server.connect()
      for (let n = 0; n < 2; n++) await client.send(request).response()
      return client.end()
    })
    expect(await Promise.all(endings)).toEqual(requests.map(() => ''))
  })

  it('is closed after the timeout, even if it has received line breaks since', async () => {
    await using server = await start(() => text('Hello'), { keepAliveTimeout: 50, headersTimeout: 100 })
    using client = server.connect()
    await client.send(get('/')).response()
    client.send('\r\n')
    expect(await client.end()).toBe('')
  })

  it('is closed without a response when nothing was ever sent on it', async () => {
    await using server = await start(() => text('Hello'), { headersTimeout: 100 })
    using client = server.connect()
    expect(await client.end()).toBe('')
  })
})

describe('a long text', () => {
  it('is not copied for each client that has not read it yet', async () => {
    const page = 'a'.repeat(4 * 1024 * 1024)
    await using server = await start(() => text(page), { gracefulTimeout: 0 })
    await (await fetch(server.url)).text()
    const before = process.memoryUsage().arrayBuffers
    const clients = Array.from({ length: 50 }, () => server.connect())
    for (const client of clients) client.socket.pause()
    for (const client of clients) client.send(get('/'))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const after = process.memoryUsage().arrayBuffers
    for (const client of clients) client.socket.destroy()
    expect((after - before) / 1024 / 1024).toBeLessThan(100)
  })

  it('arrives complete, whatever characters it contains', async () => {
    for (const part of ['\u{1f600}', 'a\u{1f600}', '\u00e9', 'a']) {
      const page = part.repeat(100_000)
      await using server = await start(() => text(page))
      const response = await fetch(server.url)
      expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(page)))
      expect((await response.text()) === page).toBe(true)
    }
  })
})
