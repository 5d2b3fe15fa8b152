import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Command } from '../test/command.ts'
import { RawClient } from '../test/raw-client.ts'
import { until } from '../test/start.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-master-'))
  process.env.TSGI_TEST_BROKEN = join(folder, 'broken')
})
afterEach(() => rmSync(join(folder, 'broken'), { force: true }))
afterAll(() => rm(folder, { recursive: true }))

/** The command with the application that tells of its process. */
function master(...flags: string[]): Command {
  return new Command('serve', 'process.ts', '--http', '127.0.0.1:0', ...flags)
}

interface Told {
  readonly pid: number
  readonly multiprocess: boolean
}

/** Asks on a connection of its own. */
async function ask(url: string, path = '/'): Promise<Told> {
  const response = await fetch(url + path, { headers: { connection: 'close' } })
  return (await response.json()) as Told
}

/** The processes that answered so many requests. */
async function pids(url: string, requests = 8): Promise<Set<number>> {
  const told = await Promise.all(Array.from({ length: requests }, () => ask(url)))
  return new Set(told.map(({ pid }) => pid))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('tsgi serve --workers', () => {
  it('serves in so many processes, none of them the master, on ports and sockets', async () => {
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

  it('holds connections to their limits', async () => {
    using command = master('--workers', '1', '--keep-alive-timeout', '0.2')
    const [url] = await command.addresses()
    const port = Number(new URL(url!).port)
    using idle = new RawClient(port)
    await idle.send(GET).response()
    expect(await idle.end()).toBe('')
    using malformed = new RawClient(port)
    expect((await malformed.send('GET /\r\n\r\n').response()).status).toBe(505)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes on %s what is in flight and what waits',
    async (signal) => {
      using command = master('--workers', '2')
      const [url] = await command.addresses()
      const [, slow] = [await ask(url!, '/later/300'), ask(url!, '/wait/400')]
      using idle = new RawClient(Number(new URL(url!).port))
      await idle.send(GET).response()
      process.kill(command.process.pid!, signal)
      expect((await slow).multiprocess).toBe(true)
      expect(await command.exit).toBe(0)
      expect(command.stdout).toContain(`tsgi: ${signal}: stopping\n`)
      expect(command.stdout).toContain('done later\n')
      expect(command.stderr).toBe('')
    },
  )

  it('stops at once on a second signal, and gives what is in flight no longer than it is told to', async () => {
    for (const [again, flags, code] of [
      [true, [], 143],
      [false, ['--graceful-timeout', '0'], 0],
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

  it('replaces a worker that dies, more slowly each time, and goes on meanwhile', async () => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    const seen = new Set([(await ask(url!)).pid])
    for (const deaths of [1, 2]) {
      await ask(url!, '/crash').catch(() => {})
      await command.printed('exited with 7', deaths)
      // It waits in the master until there is a worker again.
      seen.add((await ask(url!)).pid)
      expect(seen.size).toBe(deaths + 1)
    }
    expect(command.stderr).toMatch(/^tsgi: worker 1 \(pid \d+\) exited with 7\n/)
  })

  it('adds a worker on SIGTTIN and removes one on SIGTTOU, but not the last', async () => {
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

  it('stops with the error and the code of a worker that cannot begin', async () => {
    for (const [code, args, message] of [
      [1, ['broken.ts'], /Error: broken while loading\n\s+at .*broken\.ts/],
      [1, ['missing.ts'], /^tsgi: missing\.ts: there is no such file\n/],
      [2, ['hello.ts', '--trust-proxy', 'x'], /^tsgi: --trust-proxy must hold/],
    ] as const) {
      using command = new Command('serve', ...args, '--http', '127.0.0.1:0', '--workers', '2')
      expect(await command.exit).toBe(code)
      expect(command.stderr).toMatch(message)
      expect(command.count('could not begin')).toBe(1)
      expect(command.stdout).toBe('')
    }
  })

  it('stops when nobody serves and the application has broken since', async () => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    writeFileSync(join(folder, 'broken'), '')
    await ask(url!, '/crash').catch(() => {})
    expect(await command.exit).toBe(1)
    expect(command.stderr).toContain('Error: broken since')
  })

  it('on an address that is taken says so', async () => {
    using first = master('--workers', '1')
    const [url] = await first.addresses()
    using second = new Command('serve', 'hello.ts', '--http', new URL(url!).host, '--workers', '1')
    expect(await second.exit).toBe(1)
    expect(second.stderr).toMatch(/^tsgi: the address is in use: listen EADDRINUSE.*\n$/)
  })

  it('leaves no worker behind when it is killed', async () => {
    using command = master('--workers', '2')
    const serving = await pids((await command.addresses())[0]!)
    command.process.kill('SIGKILL')
    await until(() => ![...serving].some(isAlive))
  })
})

describe('recycling', () => {
  it('replaces a worker after so many requests, and loses none', async () => {
    using command = master('--workers', '2', '--max-requests', '20')
    const [url] = await command.addresses()
    const seen = new Set<number>()
    // One after the other, on one connection: it ends with its worker.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    using _ = { [Symbol.dispose]: () => agent.destroy() }
    while (seen.size < 4) seen.add(JSON.parse(await read(url!, agent)).pid)
    expect(command.stdout).toMatch(/^tsgi: replacing worker \d+ \(pid \d+\): it has served 2[0-2] requests$/m)
    expect(command.stderr).toBe('')
  })

  it('replaces one that has too much memory in use, and one that is too old', async () => {
    using command = master('--workers', '1', '--max-rss', '300')
    const [url] = await command.addresses()
    const { pid } = await ask(url!, '/hoard/400')
    await command.printed('MiB of memory in use')
    await expect.poll(async () => (await ask(url!)).pid).not.toBe(pid)
    await until(() => !isAlive(pid))

    using aging = master('--workers', '1', '--max-lifetime', '1')
    const [other] = await aging.addresses()
    const first = await ask(other!)
    await aging.printed('it has served for its lifetime')
    await until(() => !isAlive(first.pid))
    expect((await ask(other!)).pid).not.toBe(first.pid)
  })
})

describe('a worker whose event loop is blocked', () => {
  it('is killed and replaced, and what it was at is told', async () => {
    using command = master('--workers', '2', '--heartbeat-timeout', '0.5')
    const [url] = await command.addresses()
    const before = await pids(url!)
    const blocking = fetch(`${url}/block/it?token=secret`).catch((error: unknown) => error)
    // The other one answers meanwhile.
    expect(before).toContain((await ask(url!)).pid)
    expect(await blocking).toBeInstanceOf(TypeError)
    await command.printed('was ended by SIGKILL')
    expect(command.stderr).toMatch(
      /^tsgi: worker \d \(pid \d+\) is killed: its event loop was blocked for 0\.5 s, at GET \/block\/it\n/,
    )
    expect(command.stderr).not.toContain('secret')
    await expect.poll(async () => (await pids(url!)).size).toBe(2)
  })

  it('is left alone where there is no bound, and where it is only busy for less', async () => {
    for (const timeout of ['0', '2']) {
      using command = master('--workers', '1', '--heartbeat-timeout', timeout)
      const [url] = await command.addresses()
      const { pid } = await ask(url!)
      expect((await ask(url!, '/block/700')).pid).toBe(pid)
      expect((await ask(url!)).pid).toBe(pid)
    }
  })
})

describe('a reload', () => {
  it('loses no request, on kept connections and new ones, twenty times over', async () => {
    using command = master('--workers', '2')
    const [url] = await command.addresses()
    const before = await pids(url!)
    const kept = new Agent({ keepAlive: true })
    using _ = { [Symbol.dispose]: () => kept.destroy() }
    const failures: unknown[] = []
    const seen = new Set<number>()
    let requests = 0
    let loading = true
    const client = async (agent: Agent | undefined, path: string) => {
      while (loading) {
        try {
          const { pid } = JSON.parse(await read(`${url}${path}`, agent)) as Told
          seen.add(pid)
          requests++
        } catch (error) {
          failures.push(error)
        }
      }
    }
    const clients = [
      ...Array.from({ length: 6 }, () => client(kept, '/')),
      ...Array.from({ length: 2 }, () => client(undefined, '/')),
      ...Array.from({ length: 2 }, () => client(kept, '/wait/50')),
    ]
    for (let reloads = 1; reloads <= 20; reloads++) {
      command.process.kill('SIGHUP')
      await command.printed('tsgi: reloaded\n', reloads)
    }
    loading = false
    await Promise.all(clients)
    expect(failures).toEqual([])
    expect(requests).toBeGreaterThan(2_000)
    expect(seen.size).toBeGreaterThan(20)
    expect([...(await pids(url!))].filter((pid) => before.has(pid))).toEqual([])
    expect(command.stderr).toBe('')
  }, 60_000)

  it('can be asked for with tsgi reload, by the file that the master wrote', async () => {
    const pidFile = join(folder, 'app.pid')
    using command = master('--workers', '1', '--pid-file', pidFile)
    await command.addresses()
    expect(readFileSync(pidFile, 'utf8')).toBe(`${command.process.pid}\n`)
    using reload = new Command('reload', pidFile)
    expect(await reload.exit).toBe(0)
    await command.printed('tsgi: reloaded')
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    for (const [content, message] of [
      [undefined, /no such file/],
      ['one', /there is no process id in it/],
      ['-1', /there is no process id in it/],
      ['2147483647', /no process 2147483647 runs/],
    ] as const) {
      if (content !== undefined) writeFileSync(pidFile, content)
      using failing = new Command('reload', pidFile)
      expect(await failing.exit).toBe(1)
      expect(failing.stderr).toMatch(message)
    }
  })

  it('lets an idle connection send once more', async () => {
    using command = master('--workers', '1', '--keep-alive-timeout', '60')
    const [url] = await command.addresses()
    using idle = new RawClient(Number(new URL(url!).port))
    const first = await idle.send(GET).response()
    command.process.kill('SIGHUP')
    await command.printed('reloaded')
    const last = await idle.send(GET).response()
    expect(last.headers.get('connection')).toEqual(['close'])
    expect(JSON.parse(last.body)).toEqual(JSON.parse(first.body))
    expect(await idle.end()).toBe('')
    expect((await ask(url!)).pid).not.toBe(JSON.parse(first.body).pid)
  })

  it('finishes what is in flight, and what is still to come of a request', async () => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    using slow = new RawClient(Number(new URL(url!).port))
    slow.send('POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab')
    const { pid } = await ask(url!)
    command.process.kill('SIGHUP')
    await command.printed('reloaded')
    slow.send('cd')
    expect((await slow.response()).body).toBe('4')
    await until(() => !isAlive(pid))
  })

  it('is given up where the application has broken since: the workers there are go on', async () => {
    using command = master('--workers', '2')
    const [url] = await command.addresses()
    const before = await pids(url!)
    writeFileSync(join(folder, 'broken'), '')
    command.process.kill('SIGHUP')
    await command.printed('reload given up')
    expect(await pids(url!)).toEqual(before)
    rmSync(join(folder, 'broken'))
    command.process.kill('SIGHUP')
    await command.printed('tsgi: reloaded')
    expect([...(await pids(url!))].filter((pid) => before.has(pid))).toEqual([])
  })

  it('by the signal that ends one worker replaces that worker', async () => {
    using command = master('--workers', '2')
    const [url] = await command.addresses()
    const [one, two] = await pids(url!)
    process.kill(one!, 'SIGTERM')
    await until(() => !isAlive(one!))
    const after = await pids(url!)
    expect(after).toContain(two)
    expect(after.size).toBe(2)
    expect(command.stdout).toMatch(new RegExp(`replacing worker \\d+ \\(pid ${one}\\): SIGTERM`))
  })
})

function read(url: string, agent: Agent | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: agent ?? new Agent() }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
      response.on('error', reject)
    }).on('error', reject)
  })
}
