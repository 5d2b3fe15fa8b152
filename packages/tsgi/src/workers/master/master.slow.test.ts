import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../../../server/test/raw-client.ts'
import { until } from '../../../../server/test/start.ts'
import { Command } from '../../../test/command.ts'
import { ask, isAlive, master, pids } from '../../../test/workers.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-master-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.concurrent('tsgi serve --workers', () => {
  it('serves with that many processes, none of them the master, on ports and sockets', async () => {
    const path = join(folder, 'app.sock')
    using command = master('--workers', '2', '--unix', path)
    const [url] = await command.addresses(2)
    const serving = await pids(url!)
    expect(serving.size).toBe(2)
    expect(serving).not.toContain(command.process.pid)
    expect((await ask(url!)).multiprocess).toBe(true)
    using client = new RawClient(path)
    const { body } = await client.send(GET).response()
    expect(serving).toContain(JSON.parse(body).pid)
  })

  it('applies the limits of connections', async () => {
    using command = master('--workers', '1', '--keep-alive-timeout', '0.2s')
    const [url] = await command.addresses()
    const port = Number(new URL(url!).port)
    using idle = new RawClient(port)
    await idle.send(GET).response()
    expect(await idle.end()).toBe('')
    using malformed = new RawClient(port)
    expect((await malformed.send('GET / HTTP/2.0\r\n\r\n').response()).status).toBe(505)
  })

  it('responds to clients that close their side after the request', async () => {
    const path = join(folder, 'half.sock')
    using command = master('--workers', '2', '--unix', path)
    const [url] = await command.addresses(2)
    for (const target of [Number(new URL(url!).port), path]) {
      using client = new RawClient(target)
      client.socket.end('GET /wait/200 HTTP/1.1\r\nHost: a\r\n\r\n')
      expect(await client.end()).toContain('"pid":')
    }
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes requests, in flight and waiting, on %s',
    async (signal) => {
      using command = master('--workers', '2')
      const [url] = await command.addresses()
      const [, slow] = [await ask(url!, '/later/300'), ask(url!, '/wait/400')]
      using idle = new RawClient(Number(new URL(url!).port))
      await idle.send(GET).response()
      process.kill(command.process.pid!, signal)
      expect((await slow).multiprocess).toBe(true)
      expect(await command.exit).toBe(0)
      expect(command.stdout).toContain(`tsgi: received ${signal}, stopping\n`)
      expect(command.stdout).toContain('done later\n')
      expect(command.stderr).toBe('')
    },
  )

  it('stops immediately on a second signal, and waits no longer than --graceful-timeout', async () => {
    for (const [again, flags, code] of [
      [true, [], 143],
      [false, ['--graceful-timeout', '0s'], 0],
    ] as const) {
      using command = master('--workers', '2', ...flags)
      const [url] = await command.addresses()
      const serving = await pids(url!)
      const never = fetch(`${url}/wait/1000000`).catch((error: unknown) => error)
      await ask(url!)
      command.process.kill('SIGTERM')
      await command.printed('stopping')
      if (again) command.process.kill('SIGTERM')
      expect(await command.exit).toBe(code)
      expect(await never).toBeInstanceOf(TypeError)
      await until(() => ![...serving].some(isAlive))
    }
  })

  it('restarts a worker that dies, with a growing delay', async () => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    const seen = new Set([(await ask(url!)).pid])
    for (const deaths of [1, 2]) {
      await ask(url!, '/crash').catch(() => {})
      await command.printed('exited with code 7', deaths)
      // The connection waits in the master until there is a worker again.
      seen.add((await ask(url!)).pid)
      expect(seen.size).toBe(deaths + 1)
    }
    expect(command.stderr).toMatch(/^tsgi: worker 1 \(pid \d+\) exited with code 7, restarting in 0\.1 s\n/)
  })

  it('adds a worker on SIGTTIN, and removes one on SIGTTOU unless it is the last', async ({ expect }) => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    command.process.kill('SIGTTIN')
    await command.printed('serving with 2 workers')
    await expect.poll(async () => (await pids(url!)).size).toBe(2)
    command.process.kill('SIGTTOU')
    await expect.poll(async () => (await pids(url!)).size).toBe(1)
    command.process.kill('SIGTTOU')
    await command.printed('serving with 1 worker\n', 2)
    expect((await pids(url!)).size).toBe(1)
  })

  it('stops with the error and exit code of a worker that cannot start', async () => {
    for (const [code, args, message] of [
      [1, ['broken.ts'], /Error: broken while loading\n\s+at .*broken\.ts/],
      [1, ['missing.ts'], /^tsgi: missing\.ts: there is no such file\n/],
      [2, ['hello.ts', '--trust-proxy', 'x'], /^tsgi: --trust-proxy must hold/],
    ] as const) {
      using command = new Command('serve', ...args, '--http', '127.0.0.1:0', '--workers', '2')
      expect(await command.exit).toBe(code)
      expect(command.stderr).toMatch(message)
      expect(command.count('no worker could start')).toBe(1)
      expect(command.stdout).toBe('')
    }
  })

  it('stops if no worker is left and the application no longer loads', async () => {
    const broken = join(folder, 'broken')
    using command = new Command(
      { env: { TSGI_TEST_BROKEN: broken } },
      ...['serve', 'process.ts', '--http', '127.0.0.1:0', '--workers', '1'],
    )
    const [url] = await command.addresses()
    writeFileSync(broken, '')
    await ask(url!, '/crash').catch(() => {})
    expect(await command.exit).toBe(1)
    expect(command.stderr).toContain('Error: broken since')
  })

  it('reports an address that is in use', async () => {
    using first = master('--workers', '1')
    const [url] = await first.addresses()
    using second = new Command('serve', 'hello.ts', '--http', new URL(url!).host, '--workers', '1')
    expect(await second.exit).toBe(1)
    expect(second.stderr).toMatch(/^tsgi: the address is in use: listen EADDRINUSE.*\n$/)
  })

  it('loses no request of its workers when it is killed, and leaves none of them behind', async () => {
    using command = master('--workers', '2')
    const [url] = await command.addresses()
    const serving = await pids(url!)
    const slow = Promise.all([ask(url!, '/wait/600'), ask(url!, '/wait/700')])
    const idle = Array.from({ length: 6 }, () => new RawClient(Number(new URL(url!).port)))
    for (const client of idle) expect((await client.send(GET).response()).status).toBe(200)
    command.process.kill('SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 100))
    // Each connection can send one more request, which says that it is the last one.
    for (const client of idle) {
      const { status, headers } = await client.send(GET).response()
      expect([status, headers.get('connection')]).toEqual([200, ['close']])
    }
    for (const { pid } of await slow) expect(serving).toContain(pid)
    await until(() => ![...serving].some(isAlive))
  })

  it('is outlived by its workers for --graceful-timeout at most', async () => {
    using command = master('--workers', '2', '--graceful-timeout', '0.5s')
    const [url] = await command.addresses()
    const serving = await pids(url!)
    const never = ask(url!, '/wait/1000000').catch((error: unknown) => error)
    await Promise.all([ask(url!), ask(url!)])
    command.process.kill('SIGKILL')
    await until(() => ![...serving].some(isAlive))
    expect(await never).toBeInstanceOf(TypeError)
  })
})

describe('a busy worker', () => {
  it('serves the connections waiting for it before the master stops', async () => {
    using command = master('--workers', '1', '--stats', '127.0.0.1:0')
    const [url] = await command.addresses()
    await command.printed('statistics on')
    const stats = /statistics on (\S+)/.exec(command.stdout)![1]!
    await ask(url!)
    const blocking = ask(url!, '/block/1500')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const clients = Array.from({ length: 6 }, () => new RawClient(Number(new URL(url!).port)))
    await Promise.all(clients.map(({ socket }) => once(socket, 'connect')))
    for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    // The master has accepted all of them, and has passed one to the worker.
    await expect.poll(async () => (await (await fetch(stats)).json()).waiting, { interval: 10 }).toBe(5)
    command.process.kill('SIGTERM')
    await blocking
    for (const client of clients) expect((await client.response()).status).toBe(200)
    expect(await command.exit).toBe(0)
  })
})
