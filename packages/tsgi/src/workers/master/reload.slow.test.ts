import { spawn } from 'node:child_process'
import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../../../server/test/raw-client.ts'
import { until } from '../../../../server/test/start.ts'
import { Command } from '../../../test/command.ts'
import { ask, isAlive, master, pids, read, type Told } from '../../../test/workers.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-reload-'))
  process.env.TSGI_TEST_BROKEN = join(folder, 'broken')
})
afterEach(() => rmSync(join(folder, 'broken'), { force: true }))
afterAll(() => rm(folder, { recursive: true }))

describe('a reload', () => {
  it('loses no request on old and new connections, eight times in a row', async () => {
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
          // Leave CPU time for the new workers to start.
          await sleep(2)
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
    for (let reloads = 1; reloads <= 8; reloads++) await command.reload()
    loading = false
    await Promise.all(clients)
    expect(failures).toEqual([])
    expect(requests).toBeGreaterThan(500)
    expect(seen.size).toBeGreaterThan(8)
    expect([...(await pids(url!))].filter((pid) => before.has(pid))).toEqual([])
    expect(command.stderr).toBe('')
  }, 120_000)

  it('can be requested with tsgi reload and the pid file', async () => {
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
      ['one', /not a process id/],
      ['-1', /not a process id/],
      ['2147483647', /process 2147483647 is not running/],
    ] as const) {
      if (content !== undefined) writeFileSync(pidFile, content)
      using failing = new Command('reload', pidFile)
      expect(await failing.exit).toBe(1)
      expect(failing.stderr).toMatch(message)
    }
    // Another process now has the id of a master that has exited.
    using stranger = new Command('serve', 'process.ts', '--http', '127.0.0.1:0')
    await stranger.addresses()
    writeFileSync(pidFile, `${stranger.process.pid}\n`)
    utimesSync(pidFile, 1, 1)
    using stale = new Command('reload', pidFile)
    expect(await stale.exit).toBe(1)
    expect(stale.stderr).toContain('was started after the file was written: not the master')
  })

  it('does not signal a process of another program', async () => {
    const pidFile = join(folder, 'stranger.pid')
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)', 'tsgi'])
    using _ = { [Symbol.dispose]: () => stranger.kill('SIGKILL') }
    writeFileSync(pidFile, `${stranger.pid}\n`)
    using reload = new Command('reload', pidFile)
    expect(await reload.exit).toBe(1)
    expect(reload.stderr).toBe(`tsgi: ${pidFile}: process ${stranger.pid} is not a master of tsgi\n`)
    expect(isAlive(stranger.pid!)).toBe(true)
  })

  it('does not remove a pid file that another master has written since', async () => {
    const pidFile = join(folder, 'shared.pid')
    using command = master('--workers', '1', '--pid-file', pidFile)
    await command.addresses()
    writeFileSync(pidFile, '1\n')
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    expect(readFileSync(pidFile, 'utf8')).toBe('1\n')
  })

  it('lets an idle connection send one more request', async () => {
    using command = master('--workers', '1', '--keep-alive-timeout', '60s')
    const [url] = await command.addresses()
    using idle = new RawClient(Number(new URL(url!).port))
    const first = await idle.send(GET).response()
    await command.reload()
    const last = await idle.send(GET).response()
    expect(last.headers.get('connection')).toEqual(['close'])
    expect(JSON.parse(last.body)).toEqual(JSON.parse(first.body))
    expect(await idle.end()).toBe('')
    expect((await ask(url!)).pid).not.toBe(JSON.parse(first.body).pid)
  })

  it('finishes requests, including those that have not arrived completely', async () => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    using slow = new RawClient(Number(new URL(url!).port))
    slow.send('POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab')
    const { pid } = await ask(url!)
    await command.reload()
    slow.send('cd')
    expect((await slow.response()).body).toBe('4')
    await until(() => !isAlive(pid))
  })

  it('fails if the application no longer loads, and the current workers keep running', async () => {
    using command = master('--workers', '2')
    const [url] = await command.addresses()
    const before = await pids(url!)
    writeFileSync(join(folder, 'broken'), '')
    command.process.kill('SIGHUP')
    await command.printed('reload failed')
    expect(await pids(url!)).toEqual(before)
    rmSync(join(folder, 'broken'))
    await command.reload()
    expect([...(await pids(url!))].filter((pid) => before.has(pid))).toEqual([])
  })

  it('restarts a single worker that receives SIGTERM', async () => {
    using command = master('--workers', '2')
    const [url] = await command.addresses()
    const [one, two] = await pids(url!)
    process.kill(one!, 'SIGTERM')
    await until(() => !isAlive(one!))
    const after = await pids(url!)
    expect(after).toContain(two)
    expect(after.size).toBe(2)
    expect(command.stdout).toMatch(new RegExp(`restarting worker \\d+ \\(pid ${one}\\): SIGTERM`))
  })
})
