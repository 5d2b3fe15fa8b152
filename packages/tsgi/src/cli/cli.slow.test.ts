import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../../server/test/raw-client.ts'
import { start, until } from '../../../server/test/start.ts'
import { Command } from '../../test/command.ts'
import { version } from '../console/version.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('tsgi serve', () => {
  it('serves the application that a module exports, on ports and sockets, until SIGTERM', async () => {
    const path = join(folder, 'app.sock')
    using command = new Command('serve', 'hello.ts', '--http', '127.0.0.1:0', '--http', ':0', '--unix', path)
    const [one, two, three] = await command.addresses(3)
    expect(await (await fetch(one!)).text()).toBe('Hello from the fixture')
    // The devtools are only in `tsgi dev`.
    expect(await (await fetch(`${one}/__tsgi`)).text()).toBe('Hello from the fixture')
    expect(two).toMatch(/^http:\/\/localhost:\d+$/)
    expect((await fetch(two!)).status).toBe(200)
    expect(three).toBe(`unix:${path}`)
    using client = new RawClient(path)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.response()).body).toBe('Hello from the fixture')
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    expect(command.stdout).toContain('tsgi: received SIGTERM, stopping\n')
    expect(command.stderr).toBe('')
    expect(existsSync(path)).toBe(false)
  })

  it('finishes requests on SIGINT', async () => {
    using command = new Command('serve', 'slow.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    const slow = fetch(`${url}/slow`)
    await until(() => command.stdout.includes('slow request'))
    command.process.kill('SIGINT')
    expect(await (await slow).text()).toBe('/slow')
    expect(await command.exit).toBe(0)
  })

  it('stops immediately on a second signal', async () => {
    using command = new Command('serve', 'slow.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    const never = fetch(`${url}/never`).catch((error: unknown) => error)
    await fetch(url!)
    command.process.kill('SIGINT')
    await until(() => command.stdout.includes('stopping'))
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(143)
    expect(await never).toBeInstanceOf(TypeError)
  })

  it('waits no longer than --graceful-timeout for requests', async () => {
    using command = new Command('serve', 'slow.ts', '--http', '127.0.0.1:0', '--graceful-timeout', '0s')
    const [url] = await command.addresses()
    using client = new RawClient(Number(new URL(url!).port))
    client.send('GET /never HTTP/1.1\r\nHost: a\r\n\r\n')
    await fetch(url!)
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
  })

  it('accepts the other options', async () => {
    using command = new Command(
      ...['serve', 'hello.ts', '--http', '127.0.0.1:0'],
      ...['--trust-proxy', '10.0.0.0/8,::1', '--max-body-size', '1024'],
    )
    expect((await fetch((await command.addresses())[0]!)).status).toBe(200)
  })

  it('reports an address that is in use', async () => {
    await using taken = await start(() => new Response(null))
    using command = new Command('serve', 'hello.ts', '--http', `127.0.0.1:${taken.port}`)
    expect(await command.exit).toBe(1)
    expect(command.stderr).toMatch(/^tsgi: the address is in use: listen EADDRINUSE.*\n$/)
  })

  it('shows the stack of a module that fails', async () => {
    using command = new Command('serve', 'broken.ts')
    expect(await command.exit).toBe(1)
    expect(command.stderr).toMatch(/Error: broken while loading\n\s+at .*broken\.ts/)
  })

  it.each([
    [1, ['not-an-application.ts'], /as 'createApplication'; it exports app \(number\), handler \(function\)/],
    [1, ['empty.ts'], /^tsgi: empty\.ts: the module must export .*; it exports nothing/],
    [1, ['missing.ts'], /^tsgi: missing\.ts: there is no such file/],
    [2, [], /^tsgi: serve needs the FILE of an application, or 'app' in tsgi\.config\.ts/],
    [1, ['.'], /^tsgi: \.: this is a folder, name the file of an application/],
    [2, ['hello.ts', '--port', '3000'], /^tsgi: serve: unknown option '--port'; use --http \[HOST\]:PORT/],
    [2, ['hello.ts', '-w', '2'], /^tsgi: serve: unknown option '-w'; use --workers N/],
    [2, ['hello.ts', '--htpp', ':1'], /^tsgi: serve: unknown option '--htpp', did you mean '--http'\?/],
    [
      2,
      ['hello.ts', '--access-log', 'jsno'],
      /^tsgi: --access-log must be .* got 'jsno', did you mean 'json'\?/,
    ],
    [2, ['hello.ts', '--workers', 'atuo'], /^tsgi: --workers must be .* got 'atuo', did you mean 'auto'\?/],
    [2, ['hello.ts', 'slow.ts'], /^tsgi: serve takes one FILE, got 2/],
    [2, ['hello.ts', '--http', 'localhost'], /^tsgi: --http must be HOST:PORT or :PORT, got 'localhost'/],
    [2, ['hello.ts', '--http', ':99999'], /^tsgi: --http must be HOST:PORT or :PORT, got ':99999'/],
    [2, ['hello.ts', '--http', 'a b:1'], /^tsgi: --http must be HOST:PORT or :PORT/],
    [2, ['hello.ts', '--unix', ''], /^tsgi: --unix must not be empty/],
    [
      2,
      ['hello.ts', '--trust-proxy', 'everyone'],
      /^tsgi: --trust-proxy must hold addresses .* got 'everyone'/,
    ],
    [
      2,
      ['hello.ts', '--max-body-size', '1MB'],
      /^tsgi: --max-body-size must be a size, such as 512KiB, 64MiB or 1GiB, got '1MB'/,
    ],
    [
      2,
      ['hello.ts', '--workers', '2', '--max-rss', '300'],
      /^tsgi: --max-rss must be a size from 16MiB, .* got '300' bytes \(the unit is missing: 300MiB\?\)/,
    ],
    [2, ['hello.ts', '--graceful-timeout', '-1'], /^tsgi: /],
    [
      2,
      ['hello.ts', '--graceful-timeout', '99999999999s'],
      /^tsgi: --graceful-timeout must be a duration from 0 ms to 24 days, such as 500ms, 30s or 5m, got '99999999999s'/,
    ],
    [
      2,
      ['hello.ts', '--workers', '0'],
      /^tsgi: --workers must be a whole number from 1 to 999, or 'auto', got '0'/,
    ],
    [2, ['hello.ts', '--pid-file', 'x'], /^tsgi: --pid-file requires --workers/],
    [2, ['hello.ts', '--max-requests', '5'], /^tsgi: --max-requests requires --workers/],
    [2, ['hello.ts', '--what'], /^tsgi: serve: unknown option '--what'/],
    [2, ['hello.ts', '--http'], /^tsgi: Option '--http <value>' argument missing/],
  ])('exits with %i for %j', async (code, args, message) => {
    using command = new Command('serve', ...args)
    expect(await command.exit).toBe(code)
    expect(command.stderr).toMatch(message)
    expect(command.stderr).not.toMatch(/^\s+at /m)
    expect(command.stderr.includes("Run 'tsgi serve --help' for help.")).toBe(code === 2)
    expect(command.stdout).toBe('')
  })
})

describe('tsgi routes', () => {
  it('prints an aligned table of routes', async () => {
    using command = new Command('routes', 'routed.ts')
    expect(await command.exit).toBe(0)
    expect(command.stdout).toBe(
      [
        'METHOD  PATTERN     APPLICATION',
        '*       /           home',
        'DELETE  /users/:id  application',
        '',
      ].join('\n'),
    )
  })

  it('reports an application without routes', async () => {
    using command = new Command('routes', 'hello.ts')
    expect(await command.exit).toBe(1)
    expect(command.stderr).toBe(
      'tsgi: hello.ts: the application has no method routes(); a router of @tsgi/router has one\n',
    )
    using bare = new Command('routes')
    expect(await bare.exit).toBe(2)
    using flagged = new Command('routes', 'hello.ts', '--hlep')
    expect(await flagged.exit).toBe(2)
    expect(flagged.stderr).toMatch(/^tsgi: routes: unknown option '--hlep', did you mean '--help'\?\n/)
  })
})

describe('the file .env in the current folder', () => {
  it('sets the variables that are not set, and is ignored with a warning if it cannot be read', async () => {
    const cwd = join(folder, 'with-env-file')
    await mkdir(cwd)
    await writeFile(join(cwd, '.env'), '# Comment\nFROM_FILE="/from"\nFROM_BOTH=/file\n')
    await writeFile(
      join(cwd, 'app.ts'),
      `const pattern = process.env.FROM_FILE + process.env.FROM_BOTH
      export default Object.assign(() => new Response(), { routes: () => [{ method: 'GET', pattern, application() {} }] })`,
    )
    const env = { FROM_BOTH: '/environment' }
    using command = new Command({ cwd, env }, 'routes', 'app.ts')
    expect(await command.exit).toBe(0)
    expect(command.stdout).toContain('GET     /from/environment ')
    await rm(join(cwd, '.env'))
    await mkdir(join(cwd, '.env'))
    using warned = new Command({ cwd, env }, 'routes', 'app.ts')
    expect(await warned.exit).toBe(0)
    expect(warned.stderr).toMatch(/^tsgi: \.env cannot be read: /)
    expect(warned.stdout).toContain('GET     undefined/environment ')
  })
})

describe('tsgi', () => {
  it('shows help and version', async () => {
    for (const [args, text] of [
      [['--help'], /^tsgi COMMAND \[options\]\n[\s\S]*\n {2}top \[ADDRESS\]/],
      [['-h'], /^tsgi COMMAND \[options\]\n/],
      [['help'], /^tsgi COMMAND \[options\]\n/],
      [['help', 'dev'], /^tsgi dev \[FILE\]/],
      [['serve', '--help'], /^tsgi serve \[FILE\] \[options\]\n[\s\S]*--trust-proxy/],
      [['routes', 'x.ts', '--help'], /^tsgi routes \[FILE\]\n/],
    ] as const) {
      using help = new Command(...args)
      expect(await help.exit).toBe(0)
      expect(help.stdout).toMatch(text)
    }
    using command = new Command('--version')
    expect(await command.exit).toBe(0)
    expect(command.stdout).toBe(`${version}\n`)
  })

  it('keeps compiled code in the cache of Node, unless that is disabled', async () => {
    for (const disabled of [undefined, '1']) {
      const folder = await mkdtemp(join(tmpdir(), 'tsgi-cache-'))
      const env = {
        NODE_COMPILE_CACHE: folder,
        ...(disabled !== undefined && { NODE_DISABLE_COMPILE_CACHE: disabled }),
      }
      using command = new Command({ env }, 'routes', 'routed.ts')
      expect(await command.exit).toBe(0)
      const files = await readdir(folder, { recursive: true })
      expect(files.length > 0).toBe(disabled === undefined)
      await rm(folder, { recursive: true })
    }
  })

  it('rejects unknown commands', async () => {
    for (const [args, message] of [
      [[], 'the command is missing'],
      [['start'], "unknown command 'start'"],
      [['sevre', 'hello.ts'], "unknown command 'sevre', did you mean 'serve'?"],
      [['--verison'], "unknown option '--verison', did you mean '--version'?"],
      [['help', 'rload'], "unknown command 'rload', did you mean 'reload'?"],
      [['hello.ts'], "unknown command 'hello.ts', did you mean 'tsgi serve hello.ts'?"],
      [['constructor'], "unknown command 'constructor'"],
      [['__proto__'], "unknown command '__proto__'"],
    ] as const) {
      using command = new Command(...args)
      expect(await command.exit).toBe(2)
      expect(command.stderr).toBe(`tsgi: ${message}\nRun 'tsgi --help' for help.\n`)
    }
  })
})
