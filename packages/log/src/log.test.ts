import { type Application, HttpError, mount, stack, stream, text, toFetch } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { serve } from '../../server/test/serve.ts'
import { errorLog, type Logger, type LogOptions, log, requestId } from './index.ts'

function collect() {
  const lines: Record<string, unknown>[] = []
  const sink = { write: (line: string) => lines.push(JSON.parse(line)) }
  return { lines, logger: pino({ base: null, timestamp: false }, sink) }
}
const UUID = /^[\da-f-]{36}$/
const INFO = 30
const WARN = 40
const ERROR = 50

describe('log', () => {
  it('writes a line with the route when the response has ended', async () => {
    const { lines, logger } = collect()
    const web = stack(log(logger))
    const users = router(web, { '/users/:id': ({ params }) => text(params.id) })
    const response = await client(mount('/app', users)(() => text(''))).get('/app/users/7?secret=1')
    expect(await response.text()).toBe('7')
    expect(lines).toEqual([
      {
        level: INFO,
        requestId: expect.stringMatching(UUID),
        method: 'GET',
        url: '/app/users/7',
        route: '/app/users/:id',
        status: 200,
        bytes: 1,
        duration: expect.any(Number),
        aborted: false,
        msg: 'GET /app/users/7 200',
      },
    ])
    expect(response.headers.get('x-request-id')).toBe(lines[0]!.requestId)
  })

  it('gives the application a logger whose lines have the id of the request', async () => {
    const { lines, logger } = collect()
    const web = stack(
      requestId(),
      log(logger, { bindings: ({ requestId }: { requestId: string }) => ({ short: requestId.slice(0, 4) }) }),
    )
    const response = await client(
      web(({ log, requestId }) => {
        log.info({ user: 'ada' }, 'signed in')
        log.child({ part: 'mail' }).warn('queue is full')
        log.trace('not enabled')
        return text(requestId)
      }),
    ).get('/')
    const id = await response.text()
    const own = { requestId: id, short: id.slice(0, 4) }
    expect(lines).toEqual([
      { level: INFO, ...own, user: 'ada', msg: 'signed in' },
      { level: WARN, ...own, part: 'mail', msg: 'queue is full' },
      expect.objectContaining({ level: INFO, ...own, status: 200 }),
    ])
  })

  it('writes errors at level error, once, with the stack and the id', async () => {
    const { lines, logger } = collect()
    const failing: Application = () => {
      throw new Error('broken')
    }
    const console: unknown[] = []
    const fetch = toFetch(log(logger)(failing), { errors: { write: (problem) => console.push(problem) } })
    const response = await fetch(new Request('http://localhost/a'))
    await response.text()
    await expect.poll(() => lines.length).toBe(2)
    const id = response.headers.get('x-request-id')
    expect(lines[0]).toMatchObject({
      level: ERROR,
      requestId: id,
      method: 'GET',
      path: '/a',
      err: { type: 'Error', message: 'broken', stack: expect.stringContaining('log.test.ts') },
      msg: 'broken',
    })
    expect(lines[1]).toMatchObject({ level: ERROR, requestId: id, status: 500 })
    expect(console).toEqual([])
  })

  it('writes what is reported as text at level warn', async () => {
    const { lines, logger } = collect()
    await client(
      log(logger)(({ errors }) => {
        errors.write('the disk is nearly full')
        return text('')
      }),
    ).get('/')
    expect(lines[0]).toMatchObject({ level: WARN, msg: 'the disk is nearly full' })
  })

  it('writes client errors at level info unless told otherwise', async () => {
    const missing: Application = () => {
      throw new HttpError(404)
    }
    for (const [clientErrors, level] of [
      ['info', INFO],
      ['warn', WARN],
    ] as const) {
      const { lines, logger } = collect()
      await (await client(log(logger, { clientErrors })(missing)).get('/')).text()
      expect(lines).toEqual([expect.objectContaining({ level, status: 404 })])
    }
  })

  it('writes the query only if told to', async () => {
    const { lines, logger } = collect()
    await (await client(log(logger, { query: true })(() => text(''))).get('/a?b=1')).text()
    expect(lines[0]).toMatchObject({ url: '/a?b=1', msg: 'GET /a?b=1 200' })
  })

  it('writes no line for ignored requests, but reports their problems', async () => {
    const { lines, logger } = collect()
    const browser = client(
      log(logger, { ignore: ({ pathInfo }) => pathInfo === '/health' })(({ errors }) => {
        errors.write(new Error('late'))
        return text('')
      }),
    )
    await (await browser.get('/health')).text()
    expect(lines.map(({ msg }) => msg)).toEqual(['late'])
  })

  it('tells that the client left, or that the application took too long', async () => {
    const { lines, logger } = collect()
    const application = log(logger)(({ pathInfo }) =>
      pathInfo === '/endless'
        ? stream(
            (async function* () {
              // The client has left when what is sent is replied to with a reset.
              for (;;) {
                yield 'a'
                await new Promise((resolve) => setTimeout(resolve, 5))
              }
            })(),
          )
        : new Promise<Response>(() => {}),
    )
    const server = await serve(application, {
      listen: 'http://127.0.0.1:0',
      requestTimeout: 200,
      errors: errorLog(logger),
    })
    const [url] = server.addresses
    const leave = new AbortController()
    const endless = await fetch(`${url}/endless`, { signal: leave.signal })
    await endless.body?.getReader().read()
    leave.abort()
    await expect
      .poll(() => lines.find(({ url }) => url === '/endless'))
      .toMatchObject({ status: 200, aborted: true })
    expect((await fetch(`${url}/slow`)).status).toBe(503)
    await expect
      .poll(() => lines.find(({ url }) => url === '/slow'))
      .toMatchObject({ level: ERROR, status: 503, aborted: false })
    await server.close()

    const patient = await serve(application, { listen: 'http://127.0.0.1:0' })
    const early = new AbortController()
    const never = fetch(`${patient.addresses[0]}/never`, { signal: early.signal }).catch(() => {})
    setTimeout(() => early.abort(), 50)
    await never
    await expect
      .poll(() => lines.find(({ url }) => url === '/never'))
      .toMatchObject({ level: INFO, status: 499 })
    await patient.close()
  })

  it.each<[string, Partial<Logger>, LogOptions]>([
    [
      'the bindings',
      {},
      {
        bindings: () => {
          throw new Error('broken')
        },
      },
    ],
    [
      'the logger',
      {
        info: () => {
          throw new Error('broken')
        },
      },
      {},
    ],
    ['an asynchronous logger', { info: async () => Promise.reject(new Error('broken')) }, {}],
  ])(
    'reports an error of %s after the response, instead of ending the process',
    async (_, methods, options) => {
      const { lines, logger } = collect()
      const rejected = vi.fn()
      process.on('unhandledRejection', rejected)
      const broken = Object.assign(Object.create(logger), methods) as Logger
      const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
      const server = await serve(
        log(broken, options)(() => text('')),
        { listen: 'http://127.0.0.1:0' },
      )
      expect((await fetch(server.addresses[0]!)).status).toBe(200)
      await server.close()
      const reports = () => JSON.stringify([lines, console.mock.calls.map(([first]) => String(first))])
      await expect.poll(reports).toContain('broken')
      expect(rejected).not.toHaveBeenCalled()
      console.mockRestore()
      process.off('unhandledRejection', rejected)
    },
  )

  it('never ends the process because an option or the logger returns a promise that rejects', async () => {
    const rejected = vi.fn()
    process.on('unhandledRejection', rejected)
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
    const reject = () => Promise.reject(new Error('broken')) as never
    const logger: Logger = { debug: reject, info: reject, warn: reject, error: reject, child: () => logger }
    const server = await serve(
      log(logger, { bindings: reject, ignore: reject })(({ log, errors }) => {
        log.warn('a line')
        errors.write('a warning')
        errors.write(new Error('a failure'))
        return text('')
      }),
      { listen: 'http://127.0.0.1:0', errors: errorLog(logger) },
    )
    expect((await fetch(server.addresses[0]!)).status).toBe(200)
    await server.close()
    await expect.poll(() => String(console.mock.calls)).toContain('a failure')
    expect(rejected).not.toHaveBeenCalled()
    console.mockRestore()
    process.off('unhandledRejection', rejected)
  })

  it.each([null, false, undefined, 'text'])('accepts %j as bindings and from ignore', async (value) => {
    const { lines, logger } = collect()
    const options = { bindings: () => value, ignore: () => value } as unknown as LogOptions
    await (await client(log(logger, options)(() => text(''))).get('/')).text()
    await expect.poll(() => lines).toMatchObject([{ msg: 'GET / 200' }])
  })

  it('writes status 101 if the application accepts a WebSocket, but not if middleware rejects it', async () => {
    const { lines, logger } = collect()
    const open = () => ({ closed: Promise.resolve(), stopping() {}, close() {} })
    const sockets = log(logger)(({ pathInfo, upgrade }) => {
      const accepted = upgrade!.accept(open)
      if (pathInfo === '/closed') throw new HttpError(403)
      return accepted
    })
    await client(sockets).websocket('/open')
    const rejection = await client(sockets)
      .websocket('/closed')
      .catch((error: Error) => error)
    await ((rejection as Error).cause as Response).text()
    await expect.poll(() => lines.map(({ msg }) => msg)).toEqual(['GET /open 101', 'GET /closed 403'])
  })

  it('works with any logger that has the methods', async () => {
    const lines: unknown[] = []
    const method = (details: object | string, message?: string) => lines.push(message ?? details)
    const logger: Logger = { debug: method, info: method, warn: method, error: method, child: () => logger }
    const response = await client(
      log(logger)(({ log }) => {
        log.info('hello')
        return text('')
      }),
    ).get('/')
    await response.text()
    expect(lines).toEqual(['hello', 'GET / 200'])
  })

  it.each<[unknown, Record<string, unknown>, string]>([
    [undefined, {}, 'log: logger must have the methods of a logger, such as pino(), got undefined'],
    [pino, {}, 'log: logger must have the methods of a logger, such as pino(), got a function'],
    [{}, {}, 'log: logger must have the methods of a logger, such as pino(), got one without debug()'],
    [console, {}, 'such as pino(), got one without child()'],
    [pino(), { bindings: {} }, 'log: bindings must be a function'],
    [pino(), { ignore: '/health' }, 'log: ignore must be a function, got "/health"'],
    [pino(), { query: 1 }, 'log: query must be true or false, got 1'],
    [pino(), { clientErrors: 'error' }, `log: clientErrors must be 'info' or 'warn', got "error"`],
    [pino(), { binding: () => ({}) }, "log: unknown option 'binding', did you mean 'bindings'?"],
  ])('rejects invalid arguments: %#', (logger, options, message) => {
    expect(() => log(logger as Logger, options as LogOptions)).toThrow(TypeError)
    expect(() => log(logger as Logger, options as LogOptions)).toThrow(message)
  })
})

describe('errorLog', () => {
  it('writes the problems of a gateway', async () => {
    const { lines, logger } = collect()
    const fetch = toFetch(
      () => {
        throw new Error('broken')
      },
      { errors: errorLog(logger) },
    )
    await fetch(new Request('http://localhost/a'))
    expect(lines).toEqual([expect.objectContaining({ level: ERROR, path: '/a', msg: 'broken' })])
  })

  it('writes values that are not errors', () => {
    const { lines, logger } = collect()
    errorLog(logger).write('text')
    errorLog(logger).write(undefined)
    expect(lines).toEqual([
      { level: WARN, msg: 'text' },
      { level: ERROR, msg: 'The application threw undefined' },
    ])
    expect(() => errorLog({} as never)).toThrow('errorLog: logger must have the methods of a logger')
  })
})

describe('requestId', () => {
  const application = requestId()(({ requestId }) => text(requestId))
  const ids = async (app: Application, field?: string) => {
    const headers = field === undefined ? {} : { 'x-request-id': field }
    const response = await client(app).get('/', { headers })
    return [await response.text(), response.headers.get('x-request-id')] as const
  }

  it('does not take the id of a client', async () => {
    const [body, header] = await ids(application, 'mine')
    expect(body).toMatch(UUID)
    expect(header).toBe(body)
  })

  it('takes the id of everyone if told to, unless it is malformed', async () => {
    const trusting = requestId({ trust: 'everyone' })(({ requestId }) => text(requestId))
    expect(await ids(trusting, 'mine')).toEqual(['mine', 'mine'])
    for (const bad of ['a b', 'x'.repeat(10_000), '"', '\xe9'])
      expect((await ids(trusting, bad))[0]).toMatch(UUID)
  })

  it('takes the id of a trusted proxy, and the access log has it', async () => {
    const lines: string[] = []
    const server = await serve(application, {
      listen: 'http://127.0.0.1:0',
      trustProxy: 1,
      accessLog: 'json',
      accessLogTo: { write: (line) => lines.push(line) },
    })
    const response = await fetch(server.addresses[0]!, { headers: { 'x-request-id': 'from.proxy:1' } })
    expect(await response.text()).toBe('from.proxy:1')
    await expect.poll(() => lines.length).toBe(1)
    expect(JSON.parse(lines[0]!).requestId).toBe('from.proxy:1')
    await server.close()
  })

  it('rejects unknown and invalid options', () => {
    expect(() => requestId({ trust: true as never })).toThrow(
      "requestId: trust must be 'proxy' or 'everyone', got true",
    )
    expect(() => requestId({ trusted: 'proxy' } as never)).toThrow('did you mean')
  })
})
