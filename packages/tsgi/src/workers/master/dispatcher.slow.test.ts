import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { until } from '../../../../server/test/start.ts'
import { Command } from '../../../test/command.ts'
import { ask, isAlive, master, pids } from '../../../test/workers.ts'

describe('a connection that a worker does not take', () => {
  it('does not prevent a worker that ran out of file descriptors from getting others', async () => {
    using command = new Command(
      { limit: '--nofile=90:90' },
      ...['serve', 'process.ts', '--http', '127.0.0.1:0', '--workers', '2'],
    )
    const [url] = await command.addresses()
    const { port } = new URL(url!)
    const idle: Socket[] = []
    for (let n = 0; n < 150; n++) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => {})
      idle.push(socket)
      // Opening all of them together would use up the master's file descriptors.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await command.printed('a connection did not reach worker')
    for (const socket of idle) socket.destroy()
    const seen = new Set<number>()
    while (seen.size < 2) {
      const told = await ask(url!).catch(() => undefined)
      if (told !== undefined) seen.add(told.pid)
    }
  }, 60_000)

  it('reaches a worker whose event loop is blocked again and again', async () => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    const told = await Promise.all(Array.from({ length: 3 }, () => ask(url!, '/block/2500')))
    expect(told).toHaveLength(3)
    expect(command.count('killing')).toBe(0)
  }, 60_000)

  it.concurrent('is passed to another worker when three of four workers are stopped, and served once', async ({
    expect,
  }) => {
    using command = master('--workers', '4', '--access-log', 'json', '--stats', '127.0.0.1:0')
    const [url] = await command.addresses()
    const stopped = [...(await pids(url!, 16))].slice(0, 3)
    for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    const told = await Promise.all(Array.from({ length: 8 }, (_, n) => ask(url!, `/held/${n}`)))
    for (const { pid } of told) expect(stopped).not.toContain(pid)
    await command.printed('does not respond', 3)
    const stats = /statistics on (\S+)/.exec(command.stdout)![1]!
    expect(await (await fetch(stats)).json()).toMatchObject({ unresponsive: 3 })
    expect(await (await fetch(`${stats}/metrics`)).text()).toContain('tsgi_workers{state="unresponsive"} 3\n')
    for (const pid of stopped) process.kill(pid, 'SIGCONT')
    await command.printed('responds again', 3)
    // The workers have closed what they found, and get connections again.
    await expect.poll(() => pids(url!, 16)).toEqual(new Set([...stopped, ...(await pids(url!, 16))]))
    for (let n = 0; n < 8; n++) expect(command.count(`/held/${n}"`)).toBe(1)
  }, 60_000)

  it.concurrent('reaches the only worker when it responds again', async ({ expect }) => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    const { pid } = await ask(url!)
    process.kill(pid, 'SIGSTOP')
    const held = Promise.all([ask(url!), ask(url!)])
    await command.printed('does not respond')
    process.kill(pid, 'SIGCONT')
    expect((await held).map((each) => each.pid)).toEqual([pid, pid])
  })

  it.concurrent('leads to the restart of a worker that stays stopped', async ({ expect }) => {
    using command = master('--workers', '2', '--heartbeat-timeout', '1s')
    const [url] = await command.addresses()
    const { pid } = await ask(url!)
    process.kill(pid, 'SIGSTOP')
    await command.printed('killing worker')
    expect(command.stderr).toMatch(/^tsgi: killing worker \d \(pid \d+\): it has not responded for 2 s$/m)
    await until(() => !isAlive(pid))
    await expect.poll(async () => (await pids(url!)).size).toBe(2)
  }, 60_000)
})
