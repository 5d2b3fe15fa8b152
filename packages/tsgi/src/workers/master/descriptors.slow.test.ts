import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { until } from '../../../../server/test/start.ts'
import { Command } from '../../../test/command.ts'
import { ask, isAlive, pids } from '../../../test/workers.ts'

/** Opens idle connections one after another, so that the master can pass them on. */
async function hoard(url: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let n = 0; n < count; n++) {
    sockets.push(connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return sockets
}

describe('a process without file descriptors', () => {
  it.concurrent.for([
    ['--stats', '127.0.0.1:0'],
    ['--workers', '1', '--max-rss', '4GiB', '--stats', '127.0.0.1:0'],
  ])('says so once, and recovers (%j)', { timeout: 60_000 }, async (flags, { expect }) => {
    using command = new Command(
      { limit: '--nofile=60:60' },
      ...['serve', 'process.ts', '--http', '127.0.0.1:0', ...flags],
    )
    const [url] = await command.addresses()
    const { pid } = await ask(url!)
    const sockets = await hoard(url!, 100)
    await command.printed(`process ${pid} has run out of file descriptors`)
    // The samplers of statistics and memory run every second.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    for (const socket of sockets) socket.destroy()
    await command.printed(`process ${pid} has file descriptors again`)
    const recovered = async () => (await ask(url!).catch(() => undefined))?.pid
    await expect.poll(recovered).toBe(pid)
    expect(command.count(`process ${pid} has run out of file descriptors`)).toBe(1)
    expect(command.stderr).not.toMatch(/^\s+at /m)
  })
})

describe('a master without file descriptors', () => {
  it('restarts workers that die, fails reloads, and keeps running', async () => {
    using command = new Command(
      { limit: '--nofile=64:64' },
      ...['serve', 'process.ts', '--http', '127.0.0.1:0', '--workers', '2'],
    )
    const [url] = await command.addresses()
    const before = [...(await pids(url!, 16))]
    for (const pid of before) process.kill(pid, 'SIGSTOP')
    const sockets = await hoard(url!, 100)
    await command.printed(`process ${command.process.pid} has run out of file descriptors`)
    command.process.kill('SIGHUP')
    await command.printed('reload failed')
    for (const pid of before) process.kill(pid, 'SIGKILL')
    await command.printed('a worker could not be started: ')
    for (const socket of sockets) socket.destroy()
    const recovered = async () => (await pids(url!, 16).catch(() => new Set())).size
    await expect.poll(recovered, { timeout: 20_000 }).toBe(2)
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
    await until(() => !before.some(isAlive))
  }, 60_000)
})
