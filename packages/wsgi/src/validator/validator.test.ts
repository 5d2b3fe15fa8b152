import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { quiet } from '../../test/wsgi.ts'
import { b } from '../contract/bytes.ts'
import type { Blocks, StartResponse, WsgiApplication, WsgiEnviron } from '../contract/types.ts'
import { wsgi } from '../wsgi/wsgi.ts'
import { validator } from './validator.ts'
import type { ValidatorError } from './validator-error.ts'

type Environ = Record<string, unknown>
type Call = (
  environ: WsgiEnviron,
  ...rest: unknown[]
) => Promise<AsyncIterator<Uint8Array> & { close(): Promise<void> }>

const TYPED: [string, string][] = [['Content-Type', 'text/plain']]
const hello: WsgiApplication = (_, startResponse) => {
  startResponse('200 OK', TYPED)
  return [b`Hello`]
}
const began: StartResponse = () => async () => {}

/** Returns a server's environ with some variables changed. */
async function environWith(changes: Environ = {}): Promise<WsgiEnviron> {
  let environ: WsgiEnviron | undefined
  await client(
    wsgi((given, startResponse) => {
      environ = given
      startResponse('200 OK', TYPED)
      return []
    }),
    quiet,
  ).post('/', { body: 'one\ntwo' })
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete environ![key]
    else environ![key] = value
  }
  return environ!
}

/** Calls a validated application and reads its body to the end. */
async function run(app: unknown, environ: unknown, ...rest: unknown[]): Promise<void> {
  const call = validator(app as WsgiApplication) as unknown as Call
  const blocks = await call(environ as WsgiEnviron, ...(rest.length > 0 ? rest : [began]))
  while (!(await blocks.next()).done) {}
  await blocks.close()
}

const withEnviron = (changes: Environ) => async () => run(hello, await environWith(changes))
const withStart =
  (...args: unknown[]) =>
  async () =>
    run(
      (_: WsgiEnviron, startResponse: (...args: unknown[]) => unknown) => {
        startResponse(...args)
        return []
      },
      await environWith(),
    )
const withHeader = (...header: unknown[]) => withStart('200 OK', [...TYPED, header])
const withBlocks = (blocks: unknown) => async () =>
  run(
    (_: WsgiEnviron, startResponse: StartResponse) => {
      startResponse('200 OK', TYPED)
      return blocks
    },
    await environWith(),
  )
const withInput =
  (use: (input: never) => unknown, changes: Environ = {}) =>
  async () =>
    run(
      async (environ: WsgiEnviron, startResponse: StartResponse) => {
        startResponse('200 OK', TYPED)
        await use(environ['wsgi.input'] as never)
        return []
      },
      await environWith(changes),
    )

/** An input that returns these values instead of bytes. */
const badInput = (result: unknown) => ({
  'wsgi.input': {
    read: async () => result,
    readline: async () => result,
    readlines: async () => result,
    async *[Symbol.asyncIterator]() {},
  },
})

/** Violations by the application or the server, with their rules and messages. */
const violations: [rule: string, message: string, () => Promise<void>][] = [
  [
    'E1',
    'the application must be called with two arguments, got 3',
    async () => run(hello, await environWith(), began, 1),
  ],
  ['E2', 'environ must be a plain object, got an instance of Map', () => run(hello, new Map())],
  ['E2', 'environ must be a plain object, got null', () => run(hello, null)],
  ['E3', 'environ must have REQUEST_METHOD', withEnviron({ REQUEST_METHOD: undefined })],
  ['E3', 'environ must have wsgi.run_once', withEnviron({ 'wsgi.run_once': undefined })],
  ['E4', 'environ must have CONTENT_TYPE, not HTTP_CONTENT_TYPE', withEnviron({ HTTP_CONTENT_TYPE: 'a/b' })],
  [
    'E4',
    'environ must have CONTENT_LENGTH, not HTTP_CONTENT_LENGTH',
    withEnviron({ HTTP_CONTENT_LENGTH: '1' }),
  ],
  ['E6', 'SERVER_PORT must be a string, got 80', withEnviron({ SERVER_PORT: 80 })],
  [
    'E7',
    'wsgi.version must be two numbers such as [1, 0], got "1.0"',
    withEnviron({ 'wsgi.version': '1.0' }),
  ],
  ['E8', 'wsgi.url_scheme must be http or https, got "ws"', withEnviron({ 'wsgi.url_scheme': 'ws' })],
  ['E9', 'wsgi.input has no read', withEnviron({ 'wsgi.input': {} })],
  ['E10', 'wsgi.errors has no flush', withEnviron({ 'wsgi.errors': {} })],
  ['E12', `SCRIPT_NAME must begin with '/', got "in"`, withEnviron({ SCRIPT_NAME: 'in' })],
  ['E13', `PATH_INFO must begin with '/', got "path"`, withEnviron({ PATH_INFO: 'path' })],
  ['E14', 'CONTENT_LENGTH must be decimal digits, got "-1"', withEnviron({ CONTENT_LENGTH: '-1' })],
  ['E15', 'environ must have SCRIPT_NAME or PATH_INFO', withEnviron({ PATH_INFO: undefined })],
  ['E16', `SCRIPT_NAME must be '' at the root, and PATH_INFO '/'`, withEnviron({ SCRIPT_NAME: '/' })],
  ['E17', 'HTTP_X must not have characters above U+00FF, got "✓"', withEnviron({ HTTP_X: '✓' })],
  ['E18', 'SERVER_NAME must not be empty', withEnviron({ SERVER_NAME: '' })],
  ['E18', 'SERVER_PORT must not be empty', withEnviron({ SERVER_PORT: '' })],
  ['S1', 'startResponse must be called with two or three arguments, got 1', withStart('200 OK')],
  ['S2', 'the status must be a string, got 200', withStart(200, TYPED)],
  ['S3', 'the status code must have three characters, got "20"', withStart('20 OK', TYPED)],
  ['S4', 'the status code must be a number of at least 100, got "099"', withStart('099 OK', TYPED)],
  ['S4', 'the status code must be a number of at least 100, got "abc"', withStart('abc OK', TYPED)],
  ['S6', 'headers must be an array, got an instance of Object', withStart('200 OK', {})],
  ['S7', 'a header must be [name, value], got "X-A: b"', withStart('200 OK', ['X-A: b'])],
  ['S8', 'a header must be a name and a value, got an array', withHeader('X-A', 'b', 'c')],
  ['S9', 'a header name must be a string, got 1', withHeader(1, 'b')],
  ['S10', 'the value of X-A must be a string, got undefined', withHeader('X-A', undefined)],
  ['S11', 'a header named Status would be mistaken for the status', withHeader('STATUS', '200')],
  ['S12', `a header name must not have ':' or a line feed, got "X-A:"`, withHeader('X-A:', 'b')],
  ['S13', `a header name must be letters, digits and '-', got "1x"`, withHeader('1x', 'b')],
  ['S14', `a header name must not end in '-' or '_', got "X-"`, withHeader('X-', 'b')],
  ['S15', 'the value of X-A has a control character: "b\\n"', withHeader('X-A', 'b\n')],
  [
    'S16',
    'a response of status 304 must not have a Content-Type, because it has no body',
    withStart('304 Not Modified', TYPED),
  ],
  ['S17', 'the headers must include Content-Type', withStart('200 OK', [])],
  ['S18', 'excInfo must be an Error, got "broken"', withStart('500 Oops', TYPED, 'broken')],
  ['S19', 'Connection is hop-by-hop: only the server can send it', withHeader('Connection', 'close')],
  ['S20', 'the status must not have characters above U+00FF, got "200 ✓"', withStart('200 ✓', TYPED)],
  ['S20', 'the value of X-A must not have characters above U+00FF', withHeader('X-A', '✓')],
  [
    'S21',
    'startResponse was called a second time without excInfo',
    async () =>
      run(
        (_: WsgiEnviron, startResponse: StartResponse) => {
          startResponse('200 OK', TYPED)
          startResponse('200 OK', TYPED)
          return []
        },
        await environWith(),
      ),
  ],
  [
    'W1',
    'write must be called with bytes, got "text"',
    async () =>
      run(
        (_: WsgiEnviron, startResponse: StartResponse) => {
          void startResponse('200 OK', TYPED)('text' as unknown as Uint8Array)
          return []
        },
        await environWith(),
      ),
  ],
  ['B1', 'the application must return an iterable, such as an empty array, got null', withBlocks(null)],
  ['B1', 'the application must return an iterable, got 7', withBlocks(7)],
  ['B2', 'the application returned a single block: return an array of blocks instead', withBlocks('Hello')],
  [
    'B3',
    'the server asked for a block after it had closed the body',
    async () => {
      const blocks = await (validator(hello) as unknown as Call)(await environWith(), began)
      await blocks.close()
      await blocks.next()
    },
  ],
  ['B4', 'the application yielded "Hello", not bytes', withBlocks(['Hello'])],
  [
    'B5',
    'the application yielded a block before it called startResponse',
    async () => run(() => [b`Hello`], await environWith()),
  ],
  ['B7', 'the application never called startResponse', async () => run(() => [], await environWith())],
  [
    'I1',
    'read must be called with a size, got 0 arguments',
    withInput((input: { read(): unknown }) => input.read()),
  ],
  [
    'I2',
    'read must return bytes, got "text"',
    withInput((input: WsgiEnviron['wsgi.input']) => input.read(1), badInput('text')),
  ],
  [
    'I3',
    'readline must be called with at most one argument, got 2',
    withInput((input: { readline(...args: number[]): unknown }) => input.readline(1, 2)),
  ],
  [
    'I4',
    'readline must return bytes, got "text"',
    withInput((input: WsgiEnviron['wsgi.input']) => input.readline(), badInput('text')),
  ],
  [
    'I5',
    'readlines must be called with at most one argument, got 2',
    withInput((input: { readlines(...args: number[]): unknown }) => input.readlines(1, 2)),
  ],
  [
    'I6',
    'readlines must return an array, got "text"',
    withInput((input: WsgiEnviron['wsgi.input']) => input.readlines(), badInput('text')),
  ],
  [
    'I7',
    'a line must be bytes, got "text"',
    withInput((input: WsgiEnviron['wsgi.input']) => input.readlines(), badInput(['text'])),
  ],
  ['I8', 'the application must not close wsgi.input', withInput((input: { close(): void }) => input.close())],
  [
    'L1',
    'wsgi.errors.write must be called with text, got an instance of Error',
    async () =>
      run(
        (environ: WsgiEnviron) => {
          environ['wsgi.errors'].writelines([new Error() as unknown as string])
        },
        await environWith(),
      ),
  ],
  [
    'L2',
    'the application must not close wsgi.errors',
    async () =>
      run(
        (environ: WsgiEnviron) => {
          ;(environ['wsgi.errors'] as unknown as { close(): void }).close()
        },
        await environWith(),
      ),
  ],
]

/** Questionable cases, with their warnings. */
const warnings: [rule: string, message: string, () => Promise<WsgiEnviron>, WsgiApplication][] = [
  ['E5', 'environ has no QUERY_STRING', () => environWith({ QUERY_STRING: undefined }), hello],
  [
    'E11',
    'REQUEST_METHOD is not a known method, got "BREW"',
    () => environWith({ REQUEST_METHOD: 'BREW' }),
    hello,
  ],
  [
    'S5',
    `the status must be like '200 OK', got "200"`,
    () => environWith(),
    (_, startResponse) => {
      startResponse('200', TYPED)
      return []
    },
  ],
]

/** A `wsgi.errors` that records what is written. */
function recorder(): { lines: string[]; 'wsgi.errors': WsgiEnviron['wsgi.errors'] } {
  const lines: string[] = []
  return { lines, 'wsgi.errors': { write: (line) => void lines.push(line), writelines() {}, flush() {} } }
}

const COLLECTED = 'validator: B6: the body was garbage-collected without being closed\n'

describe('validator', () => {
  it.each(violations)('reports a violation of %s: %s', async (rule, message, violate) => {
    const error: ValidatorError = await violate().then(
      () => expect.fail('nothing was found'),
      (error) => error,
    )
    expect(error).toMatchObject({ name: 'ValidatorError', rule, message: `${rule}: ${message}` })
  })

  it.each(warnings)('warns about %s: %s', async (rule, message, makeEnviron, app) => {
    const { lines, 'wsgi.errors': errors } = recorder()
    const environ = await makeEnviron()
    environ['wsgi.errors'] = errors
    await run(app, environ)
    expect(lines).toEqual([`validator: ${rule}: ${message}\n`])
  })

  it('warns about B6 if a body is garbage-collected without being closed', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const [open, closed] = [recorder(), recorder()]
    const call = validator(hello) as unknown as Call
    await call(await environWith({ 'wsgi.errors': open['wsgi.errors'] }), began)
    await (await call(await environWith({ 'wsgi.errors': closed['wsgi.errors'] }), began)).close()
    await expect
      .poll(() => {
        collect()
        return open.lines
      })
      .toEqual([COLLECTED])
    expect(closed.lines).toEqual([])
  })

  it('has a test and a line in the README for every rule', () => {
    const tested = [...violations, ...warnings].map(([rule]) => rule)
    const sources = globSync(
      ['blocks', 'environ', 'start-response', 'streams'].map((name) => `${name}.ts`),
      { cwd: import.meta.dirname },
    ).map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    const named = sources.flatMap((source) =>
      [...source.matchAll(/['`]([ESWBIL]\d+)['`:]/g)].map(([, rule]) => rule),
    )
    expect(new Set(named)).toEqual(new Set([...tested, 'B6']))
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
    const listed = [...readme.matchAll(/^\| ([ESWBIL]\d+) \|/gm)].map(([, rule]) => rule)
    expect(new Set(listed)).toEqual(new Set(named))
    expect(listed.length).toBe(new Set(listed).size)
  })

  it('changes nothing if all rules hold', async () => {
    const app: WsgiApplication = async (environ, startResponse) => {
      const input = environ['wsgi.input']
      const parts = [await input.read(1), await input.readline(), ...(await input.readlines())]
      for await (const line of input) parts.push(line)
      environ['wsgi.errors'].writelines(['fine\n'])
      environ['wsgi.errors'].flush()
      const write = startResponse('201 Created', [...TYPED, ['X-A', 'b']])
      await write(b`> `)
      return parts
    }
    const web = client(wsgi(validator(validator(app))), { errors: { write() {} } })
    const response = await web.post('/', { body: 'one\ntwo' })
    expect([response.status, response.headers.get('x-a')]).toEqual([201, 'b'])
    expect(await response.text()).toBe('> one\ntwo')
    expect(web.errors).toEqual(['fine'])
  })

  it('returns as soon as the application does, and yields one value per value', async () => {
    const app: WsgiApplication = async function* (_: WsgiEnviron, startResponse: StartResponse) {
      startResponse('200 OK', TYPED)
      yield b``
      yield b`a`
      await new Promise(() => {})
    } as unknown as WsgiApplication
    const blocks = await (validator(app) as unknown as Call)(await environWith(), began)
    expect(await blocks.next()).toEqual({ done: false, value: b`` })
    expect(await blocks.next()).toEqual({ done: false, value: b`a` })
  })

  it('passes on close() and return()', async () => {
    const log: string[] = []
    const body: Blocks = {
      *[Symbol.iterator]() {
        try {
          yield b`one`
          yield b`two`
        } finally {
          log.push('returned')
        }
      },
      close() {
        log.push('closed')
      },
    }
    const app: WsgiApplication = (_, startResponse) => {
      startResponse('200 OK', TYPED)
      return body
    }
    const reader = (await client(wsgi(validator(app))).get('/')).body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(log.sort()).toEqual(['closed', 'returned'])
  })

  it('rejects anything but a function', () => {
    expect(() => validator(null as unknown as WsgiApplication)).toThrow(
      new TypeError('validator: app must be a function, got null'),
    )
  })
})
