import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Command } from '../../test/command.ts'

/** The command with an application that has three resources. */
function serve(env: Record<string, string>, ...flags: string[]): Command {
  return new Command({ env }, 'serve', 'resources.ts', '--http', '127.0.0.1:0', ...flags)
}

/** The steps that the resources have logged, in order, without the process. */
function steps({ stdout }: Command): string[] {
  return [...stdout.matchAll(/^(\w+ (?:starts|stops)) in \d+$/gm)].map(([, step]) => step!)
}

/** The processes in which something was logged. */
function pidsOf({ stdout }: Command, line: string): number[] {
  return [...stdout.matchAll(new RegExp(`^${line} in (\\d+)$`, 'gm'))].map(([, pid]) => Number(pid))
}

/** Opens an event stream, and tells how it ends. */
async function openStream(url: string, agent: Agent): Promise<{ readonly ended: Promise<string> }> {
  const request = get(url, { agent })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  const ended = once(response, 'end').then(
    () => (response.complete ? 'complete' : 'incomplete'),
    (error: unknown) => String(error),
  )
  return { ended }
}

const started = ['first starts', 'second starts', 'third starts']
const stopped = ['third stops', 'second stops', 'first stops']
/** Connections that stay open delay the end of their worker. */
const closing = { headers: { connection: 'close' } }
const kinds: [string[]][] = [[[]], [['--workers', '1']]]

describe.concurrent.each(kinds)('resources with %j', (flags) => {
  it('start before the server listens, and stop in reverse on SIGTERM', async () => {
    using command = serve({}, ...flags)
    const [url] = await command.addresses()
    expect(command.stdout.indexOf('third starts')).toBeLessThan(command.stdout.indexOf('listening on'))
    expect(await (await fetch(url!)).text()).toMatch(/^select in \d+$/)
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    expect(steps(command)).toEqual([...started, ...stopped])
    expect(command.stderr).toBe('')
  })

  it('that cannot start end the command with code 1, their stack, and a stop of those before', async () => {
    using command = serve({ START_FAILS: 'third' }, ...flags)
    expect(await command.exit).toBe(1)
    expect(steps(command)).toEqual(['first starts', 'second starts', 'second stops', 'first stops'])
    expect(command.stderr).toMatch(/Error: lifecycle: 'third' could not start: connection refused\n +at /)
    expect(command.stderr).toMatch(/\[cause\]: Error: connection refused\n +at .*resources\.ts/)
    expect(command.stdout).not.toContain('listening')
  })

  it('stop after a request that was under way at SIGTERM, which gets its response', async () => {
    using command = serve({}, ...flags)
    const [url] = await command.addresses()
    const response = fetch(`${url}/wait/600`)
    await command.printed('waiting')
    command.process.kill('SIGTERM')
    expect((await response).status).toBe(200)
    expect(await command.exit).toBe(0)
    expect(steps(command)).toEqual([...started, ...stopped])
    expect(command.stdout).not.toContain('QUERY AFTER STOP')
  })

  it('are named if they do not stop in time, and the others stop', async () => {
    using command = serve({ STOP_HANGS: 'second' }, ...flags)
    await command.addresses()
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    expect(steps(command)).toEqual([...started, 'third stops', 'first stops'])
    expect(command.stderr).toContain("lifecycle: 'second' could not be stopped: it took longer than 1 s")
  })

  it('that take long to start are named once, and those that have started are stopped on SIGTERM', async () => {
    using command = serve({ START_HANGS: 'third' }, ...flags)
    await command.printed('third hangs')
    await command.printed("tsgi: waiting for the resource 'third' to start")
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    expect(steps(command)).toEqual(['first starts', 'second starts', 'second stops', 'first stops'])
    expect(command.stderr.match(/waiting for/g)).toHaveLength(1)
  })

  it('that have started are stopped if an exception is thrown outside of them while others start', async () => {
    using command = serve({ START_THROWS: 'third' }, ...flags)
    expect(await command.exit).toBe(1)
    expect(steps(command)).toEqual(['first starts', 'second starts', 'second stops', 'first stops'])
    expect(command.stderr).toMatch(/Error: thrown while starting\n +at /)
  })

  it('stop after the requests in flight when an exception is thrown outside of a request', async () => {
    using command = serve({}, ...flags)
    const [url] = await command.addresses()
    const [pid] = pidsOf(command, 'first starts')
    const response = fetch(`${url}/wait/600`, closing)
    await command.printed('waiting')
    expect((await fetch(`${url}/throw`, closing)).status).toBe(200)
    await command.printed('thrown in a timer')
    expect((await response).status).toBe(200)
    await command.printed(`first stops in ${pid}`)
    expect(steps(command).filter((step) => step.endsWith('stops'))).toEqual(stopped)
    expect(command.stdout).not.toContain('QUERY AFTER STOP')
    // A worker is replaced; a single process ends.
    if (flags.length > 0) expect((await fetch(url!)).status).toBe(200)
    else expect(await command.exit).toBe(1)
  })

  it('work without the export, and the command warns once', async () => {
    using command = serve({ FORGOTTEN: '1', START_DELAY: 'first' }, ...flags)
    const [url] = await command.addresses()
    expect(steps(command)).toEqual([])
    const statuses = await Promise.all([fetch(url!), fetch(url!), fetch(url!)])
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200])
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    expect(steps(command)).toEqual([...started, ...stopped])
    expect(command.stderr).toBe(
      "tsgi: a request had to start first, second, third: export the lifecycle of the application as 'lifecycle', so that resources start before the first request\n",
    )
  })

  it('are ready or named by --health, and requests are served nevertheless', async () => {
    using command = serve({ NOT_READY: 'first third' }, '--health', '/health', ...flags)
    const [url] = await command.addresses()
    for (let n = 0; n < 2; n++) {
      const response = await fetch(`${url}/health`)
      expect([response.status, await response.json()]).toEqual([503, { failed: ['first', 'third'] }])
      expect(response.headers.get('retry-after')).toBe('1')
    }
    expect((await fetch(url!)).status).toBe(200)
    expect(command.count('tsgi: not ready: ')).toBe(2)
    expect(command.stderr).toContain("tsgi: not ready: first: 'first' says that it is not ready\n")
  })

  it('end an event stream cleanly on SIGTERM, run its finally, and save with an open pool', async () => {
    using command = serve({}, ...flags)
    const [url] = await command.addresses()
    const response = await fetch(`${url}/events`)
    const reader = response.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: tick\n\n')
    command.process.kill('SIGTERM')
    expect(await reader.read()).toEqual({ done: true, value: undefined })
    expect(await command.exit).toBe(0)
    expect(command.stdout).toMatch(/^finally in \d+$/m)
    expect(command.stdout).toMatch(/^saved with insert in \d+, aborted: false in \d+$/m)
    expect(command.stdout).not.toContain('QUERY AFTER STOP')
    expect(steps(command).slice(3)).toEqual(stopped)
    expect(command.stderr).toBe('')
  })
})

describe('1,000 open event streams and a request of 1 s at SIGTERM', () => {
  it.each(kinds)('end cleanly, each with its finally and its waitUntil, with %j', async (flags) => {
    using command = serve({}, ...flags)
    const [url] = await command.addresses()
    const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
    const streams = await Promise.all(
      Array.from({ length: 1_000 }, async (_, n) => {
        // The system accepts so many connections at once.
        await sleep(Math.floor(n / 50) * 20)
        return openStream(`${url}/events`, agent)
      }),
    )
    const response = fetch(`${url}/wait/1000`)
    await command.printed('waiting')
    const stoppedAt = performance.now()
    command.process.kill('SIGTERM')
    const ends = await Promise.all(streams.map(({ ended }) => ended))
    const lastEnd = performance.now() - stoppedAt
    expect(new Set(ends)).toEqual(new Set(['complete']))
    expect((await response).status).toBe(200)
    const responded = performance.now() - stoppedAt
    expect(await command.exit).toBe(0)
    const exited = performance.now() - stoppedAt
    console.log(
      `1,000 streams ended within ${lastEnd.toFixed()} ms, the request after ${responded.toFixed()} ms, the command exited after ${exited.toFixed()} ms`,
    )
    expect(command.count('finally in')).toBe(1_000)
    expect(command.count('saved with insert')).toBe(1_000)
    expect(command.stdout).not.toContain('QUERY AFTER STOP')
    expect(steps(command).slice(3)).toEqual(stopped)
    expect(command.stderr).toBe('')
  })
})

describe('an export named lifecycle', () => {
  it.each([
    ['bad.ts', 'export const lifecycle = {}\nexport default () => new Response()', 1],
    ['bad.cjs', 'exports.lifecycle = 7\nexports.default = () => new Response()', 1],
    ['none.cjs', 'exports.lifecycle = undefined\nexports.default = () => new Response()', 0],
  ])('must be made by lifecycle, if there is one: %s', async (name, code, exitCode) => {
    const folder = await mkdtemp(join(tmpdir(), 'tsgi-'))
    await writeFile(join(folder, name), code)
    using command = new Command({ cwd: folder }, 'serve', name, '--http', '127.0.0.1:0')
    if (exitCode === 0) {
      await command.addresses()
      command.process.kill('SIGTERM')
    }
    expect(await command.exit).toBe(exitCode)
    if (exitCode === 1) {
      expect(command.stderr).toMatch(
        /: the export 'lifecycle' must be made by lifecycle\(…\), got (an instance of Object|7)\n/,
      )
    }
    await rm(folder, { recursive: true })
  })
})

describe('resources of several workers', () => {
  it('start in each worker, and not in the master', async () => {
    using command = serve({}, '--workers', '4')
    await command.addresses()
    const pids = pidsOf(command, 'first starts')
    expect(new Set(pids).size).toBe(4)
    expect(pids).not.toContain(command.process.pid)
  })

  it('that take too long count against --boot-timeout', async () => {
    using command = serve({ START_HANGS: 'second' }, '--workers', '1', '--boot-timeout', '1s')
    expect(await command.exit).toBe(1)
    expect(command.stderr).toContain('it was not ready within 1 s')
  })

  it('start in the new workers of a reload, and stop in the old ones, without losing a request', async () => {
    using command = serve({}, '--workers', '2')
    const [url] = await command.addresses()
    let isOver = false
    const load = async () => {
      const statuses = new Set<number>()
      while (!isOver)
        statuses.add((await fetch(`${url}/wait/5`, { headers: { connection: 'close' } })).status)
      return [...statuses]
    }
    const loads = [load(), load(), load(), load()]
    for (let reloads = 0; reloads < 3; reloads++) await command.reload()
    isOver = true
    expect(await Promise.all(loads)).toEqual([[200], [200], [200], [200]])
    await expect.poll(() => pidsOf(command, 'first stops').length).toBe(6)
    expect(command.stdout).not.toContain('QUERY AFTER STOP')
  })

  it('keep the old workers if a reload cannot start them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tsgi-'))
    const flag = join(folder, 'broken')
    using command = serve({ BREAKS_WITH: flag }, '--workers', '1')
    const [url] = await command.addresses()
    await writeFile(flag, '')
    command.process.kill('SIGHUP')
    await command.printed('reload failed')
    expect((await fetch(url!)).status).toBe(200)
    expect(command.stderr).toContain("lifecycle: 'second' could not start: connection refused")
    await rm(folder, { recursive: true })
  })
})

describe('/ready and /live of --stats', () => {
  const probe = async (command: Command, path: string) => {
    const [, url] = /^tsgi: statistics on (\S+)$/m.exec(command.stdout)!
    const response = await fetch(`${url}${path}`)
    return [response.status, await response.text()]
  }

  it.each(kinds)('say that the process is ready, or which resources are not, with %j', async (flags) => {
    const stats = ['--stats', '127.0.0.1:0', ...flags]
    using ready = serve({}, ...stats)
    await ready.addresses()
    await ready.printed('statistics on')
    expect(await probe(ready, '/ready')).toEqual([200, 'ready\n'])
    expect(await probe(ready, '/live')).toEqual([200, 'live\n'])
    using unready = serve({ NOT_READY: 'second' }, ...stats)
    await unready.addresses()
    await unready.printed('statistics on')
    expect(await probe(unready, '/ready')).toEqual([503, '{"failed":["second"]}\n'])
    expect(await probe(unready, '/live')).toEqual([200, 'live\n'])
  })

  it('stay 200 while at least one worker serves and is ready', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tsgi-'))
    const flag = join(folder, 'unready')
    using command = serve(
      { NOT_READY: flag, START_DELAY: 'third' },
      '--stats',
      '127.0.0.1:0',
      '--workers',
      '4',
    )
    await command.addresses()
    await command.printed('statistics on')
    const pids = pidsOf(command, 'first starts')
    for (const pid of pids.slice(0, 3)) await writeFile(`${flag}.${pid}`, '')
    expect(await probe(command, '/ready')).toEqual([200, 'ready\n'])
    // One restarts slowly, two are not ready.
    process.kill(pids[0]!, 'SIGKILL')
    await command.printed('was killed by SIGKILL')
    expect(await probe(command, '/ready')).toEqual([200, 'ready\n'])
    process.kill(command.process.pid!, 'SIGTERM')
    await command.exit
    await rm(folder, { recursive: true })
  })
})
