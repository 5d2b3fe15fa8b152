import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Application, type Environ, sse, stream, text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../test/raw-client.ts'
import { serve } from '../../test/serve.ts'
import { start, until } from '../../test/start.ts'
import { type ServeOptions, toNodeListener } from '../index.ts'
import { startServers } from '../process.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const hello: Application = () => text('Hello')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('rootPath', () => {
  const app: Application = ({ scriptName, pathInfo, request }) =>
    text(`${scriptName} ${pathInfo} ${new URL(request.url).pathname}`)

  it('is the start of scriptName', async () => {
    for (const [rootPath, expected] of [
      ['/app', '/app /x /app/x'],
      ['/a/b/', '/a/b /x /a/b/x'],
      ['/', ' /x /x'],
      ['', ' /x /x'],
    ]) {
      await using server = await start(app, { rootPath: rootPath! })
      expect(await (await fetch(`${server.url}/x`)).text()).toBe(expected)
    }
  })

  it('is replaced by X-Forwarded-Prefix from a trusted proxy', async () => {
    const proxyHeaders = ['x-forwarded', 'x-forwarded-prefix'] as const
    await using server = await start(app, { rootPath: '/app', trustProxy: 1, proxyHeaders })
    const headers = { 'x-forwarded-prefix': '/other' }
    expect(await (await fetch(`${server.url}/x`, { headers })).text()).toBe('/other /x /other/x')
    expect(await (await fetch(`${server.url}/x`)).text()).toBe('/app /x /app/x')
  })

  it('must be a path', async () => {
    for (const rootPath of ['app', '//a', '/a/..', '/a?b', 'http://a', 1 as never]) {
      await expect(serve(app, { rootPath })).rejects.toThrow(
        /^serve: rootPath must be a path such as '\/app', got /,
      )
    }
  })
})

describe('listening', () => {
  it('works on several addresses, and returns the assigned ports', async () => {
    const path = join(folder, 'many.sock')
    await using server = await serve(({ host, remoteAddress }) => text(`${host} ${remoteAddress}`), {
      listen: ['http://127.0.0.1:0', 'http://localhost:0', ':0', `unix:${path}`],
    })
    const [one, two, three, four] = server.addresses
    expect(one).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
    expect(two).toMatch(/^http:\/\/localhost:[1-9]\d+$/)
    expect(three).toMatch(/^http:\/\/(?:\[::\]|0\.0\.0\.0):[1-9]\d+$/)
    expect(four).toBe(`unix:${path}`)
    expect(await (await fetch(one!)).text()).toBe(`${one?.slice(7)} 127.0.0.1`)
    expect((await fetch(two!)).status).toBe(200)
    expect(await (await fetch(`http://127.0.0.1:${new URL(three!).port}`)).text()).toMatch(/ 127\.0\.0\.1$/)
    using client = new RawClient(path)
    client.send('GET / HTTP/1.0\r\n\r\n')
    expect((await client.response()).body).toBe('localhost ')
  })

  it('rejects an invalid address with the accepted forms', async () => {
    for (const listen of [
      'localhost:8000',
      'scgi:/run/app.sock',
      'http://localhost:99999',
      'http://localhost/path',
      'http://user@localhost',
      'http://',
      ':99999',
      ':',
      '8000',
      'unix:',
      `unix:/${'a'.repeat(107)}`,
      '',
      8000,
    ]) {
      const refused = serve(hello, { listen } as ServeOptions)
      await expect(refused).rejects.toThrow(TypeError)
      await expect(refused).rejects.toThrow(
        /^serve: listen must be 'http:\/\/HOST:PORT', 'https:.* ':PORT'.* 'unix:PATH'/,
      )
    }
    await expect(serve(hello, { listen: [] })).rejects.toThrow(
      /^serve: listen must name at least one address/,
    )
  })

  it('fails on an address that is in use, and closes the others', async () => {
    await using taken = await start(hello)
    const path = join(folder, 'first.sock')
    const failed = serve(hello, { listen: [`unix:${path}`, taken.url] })
    await expect(failed).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await using _ = await serve(hello, { listen: `unix:${path}` })
  })

  it('rejects invalid options by name', async () => {
    for (const [option, value] of [
      ['maxBodySize', -1],
      ['maxBodySize', '1mb'],
      ['maxUrlLength', 0],
      ['maxHeadersCount', 1.5],
      ['maxHeaderSize', 1],
      ['sendTimeout', -1],
      ['headersTimeout', 0],
      ['headersTimeout', 400_000],
      ['receiveTimeout', Number.NaN],
      ['keepAliveTimeout', 2 ** 31],
      ['gracefulTimeout', null],
      ['trustProxy', true],
      ['trustProxy', -1],
      ['trustProxy', ['10.0.0.0/33']],
      ['trustProxy', ['localhost']],
      ['engine', 'net'],
      ['engine', null],
      ['errors', {}],
      ['errors', null],
    ] as const) {
      const refused = serve(hello, { [option]: value } as ServeOptions)
      await expect(refused).rejects.toThrow(TypeError)
      await expect(refused).rejects.toThrow(new RegExp(`^serve: ${option} must `))
    }
  })
})

describe('an unknown option', () => {
  it('is rejected, with the name that was probably meant', async () => {
    const options = { maxBodysize: 1 } as ServeOptions
    const message = "unknown option 'maxBodysize', did you mean 'maxBodySize'?"
    await expect(serve(hello, options)).rejects.toThrow(new TypeError(`serve: ${message}`))
    expect(() => toNodeListener(hello, options as object)).toThrow(
      new TypeError(`toNodeListener: ${message}`),
    )
  })
})

describe('a unix socket', () => {
  it('is replaced if a dead process left it behind, and removed at the end', async () => {
    const path = join(folder, 'stale.sock')
    const { spawnSync } = await import('node:child_process')
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    const { existsSync } = await import('node:fs')
    expect(existsSync(path)).toBe(true)
    const server = await serve(hello, { listen: `unix:${path}` })
    using client = new RawClient(path)
    expect((await client.send(GET).response()).body).toBe('Hello')
    await server.close()
    expect(existsSync(path)).toBe(false)
  })

  it('is not replaced if a process listens on it', async () => {
    const path = join(folder, 'used.sock')
    await using _ = await serve(hello, { listen: `unix:${path}` })
    await expect(serve(hello, { listen: `unix:${path}` })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    using client = new RawClient(path)
    expect((await client.send(GET).response()).status).toBe(200)
  })

  it('is not created over a regular file', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'precious')
    await expect(serve(hello, { listen: `unix:${path}` })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('keepAliveTimeout', () => {
  it('applies between requests', async () => {
    await using server = await start(hello, { keepAliveTimeout: 1 })
    using client = server.connect()
    expect((await client.send(GET).response()).headers.get('connection')).toEqual(['keep-alive'])
    expect(await client.end()).toBe('')
  })
})

describe('environ.gateway.stopping', () => {
  it.each(['close', 'drain'] as const)('aborts before the requests have ended: %s', async (end) => {
    const server = await startServers(
      ({ gateway }) =>
        new Promise<Response>((resolve) => {
          gateway.stopping.addEventListener('abort', () => resolve(text('stopping')))
          setImmediate(() => server[end]())
        }),
      { listen: 'http://127.0.0.1:0' },
    )
    expect(await (await fetch(server.addresses[0]!)).text()).toBe('stopping')
    await server.close()
  })

  it('does not abort while load balancers still send requests', async () => {
    const server = await startServers(({ gateway }) => text(String(gateway.stopping.aborted)), {
      listen: 'http://127.0.0.1:0',
    })
    server.beginDrain()
    const response = await fetch(server.addresses[0]!)
    expect(response.headers.get('connection')).toBe('close')
    expect(await response.text()).toBe('false')
    await server.close()
  })

  it('ends event streams without an error, and their generators', async () => {
    const ended = Promise.withResolvers<unknown>()
    async function* ticks(signal: AbortSignal) {
      try {
        yield 'first'
        await sleep(60_000, undefined, { signal })
      } finally {
        ended.resolve('finally')
      }
    }
    const saved: unknown[] = []
    const server = await start(({ signal, finished, waitUntil }) => {
      waitUntil(finished.then(({ aborted }) => saved.push(aborted)))
      return sse(ticks(signal))
    })
    const response = await fetch(server.url)
    const reader = response.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: first\n\n')
    const closed = server.server.close()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
    await closed
    expect(await ended.promise).toBe('finally')
    expect(saved).toEqual([false])
  })
})

describe('close', () => {
  it('finishes requests, stops accepting connections, and closes the open ones', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const arrived: string[] = []
    const server = await start(async ({ pathInfo }) => {
      arrived.push(pathInfo)
      await promise
      return text(pathInfo)
    })
    using busy = server.connect()
    using pipelined = server.connect()
    busy.send(GET)
    pipelined.send(`${GET}GET /2 HTTP/1.1\r\nHost: a\r\n\r\n`)
    await until(() => arrived.length === 2)
    const closed = server.server.close()
    const late = new RawClient(server.port)
    expect(await late.end()).toBe('')
    resolve()
    const { headers, body } = await busy.response()
    expect([headers.get('connection'), body]).toEqual([['close'], '/'])
    expect((await pipelined.response()).headers.get('connection')).toEqual(['keep-alive'])
    expect((await pipelined.response()).headers.get('connection')).toEqual(['close'])
    await closed
    expect(await busy.end()).toBe('')
  })

  it('closes idle connections, and those without a request', async () => {
    const server = await start(hello, { gracefulTimeout: 60_000 })
    using idle = server.connect()
    await idle.send(GET).response()
    using silent = server.connect()
    await new Promise((resolve) => silent.socket.on('connect', resolve))
    await fetch(server.url)
    await server.server.close()
    expect(await idle.end()).toBe('')
    expect(await silent.end()).toBe('')
  })

  it('closes a connection after the response that had already begun', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const server = await start(
      () =>
        stream(
          (async function* () {
            yield 'one'
            await promise
            yield 'two'
          })(),
        ),
      { gracefulTimeout: 60_000, keepAliveTimeout: 60_000 },
    )
    using client = server.connect()
    client.send(GET)
    await until(() => client.received.includes('one'))
    const closed = server.server.close()
    resolve()
    expect((await client.response()).body).toBe('onetwo')
    await closed
  })

  it('waits for promises passed to waitUntil, including those added while it waits', async () => {
    const done: string[] = []
    const wait = (name: string) =>
      new Promise<void>((resolve) => {
        setTimeout(() => {
          done.push(name)
          resolve()
        }, 50)
      })
    const server = await start(({ waitUntil }) => {
      waitUntil(wait('first').then(() => waitUntil(wait('second'))))
      return text('')
    })
    await server.raw(GET)
    await server.server.close()
    expect(done).toEqual(['first', 'second'])
  })

  it('cuts off requests and promises that take longer than gracefulTimeout, and reports them', async () => {
    let aborted = false
    const server = await start(
      async ({ signal, waitUntil }) => {
        waitUntil(new Promise(() => {}))
        signal.addEventListener('abort', () => {
          aborted = true
        })
        return new Promise(() => {})
      },
      { gracefulTimeout: 50 },
    )
    using client = server.connect()
    client.send(GET)
    await until(() => server.errors.length === 0 && client.socket.bytesWritten > 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await server.server.close()
    expect(aborted).toBe(true)
    expect(server.errors.map(String)).toEqual([
      'Error: The gateway stopped while 1 promise(s) given to waitUntil had not settled',
    ])
    expect(await client.end()).toBe('')
  })

  it('cuts off connections that were accepted after gracefulTimeout', async () => {
    const server = await start(() => new Promise(() => {}), { gracefulTimeout: 0 })
    // The system has established them, but Node accepts one per turn of the event loop.
    const clients = Array.from({ length: 50 }, () => server.connect().send(GET))
    await server.server.close()
    for (const client of clients) client[Symbol.dispose]()
  })

  it('can be called again, and is called by await using', async () => {
    await using server = await serve(hello, { listen: 'http://127.0.0.1:0' })
    expect(server.close()).toBe(server.close())
    await server.close()
    await expect(fetch(server.addresses[0]!)).rejects.toThrow()
    const port = Number(new URL(server.addresses[0]!).port)
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(port, '127.0.0.1', resolve))
    free.close()
  })
})

it('does not accept an application that needs a key that no middleware provides', () => {
  const needy = ({ user }: Environ & { readonly user: string }) => text(user)
  // @ts-expect-error 'user' is missing: apply the middleware that provides it
  const start = () => serve(needy)
  // @ts-expect-error 'user' is missing: apply the middleware that provides it
  const listener = () => toNodeListener(needy)
  expect([typeof start, typeof listener]).toEqual(['function', 'function'])
})
