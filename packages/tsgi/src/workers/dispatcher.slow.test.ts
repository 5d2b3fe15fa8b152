import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { until } from '../../../server/test/start.ts'
import { Command } from '../../test/command.ts'
import { ask, isAlive, master } from '../../test/workers.ts'

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

  it('is served by another worker when the first one is stopped, and the stopped worker is killed', async () => {
    using command = master('--workers', '2', '--heartbeat-timeout', '1s')
    const [url] = await command.addresses()
    const { pid } = await ask(url!)
    process.kill(pid, 'SIGSTOP')
    const told = await Promise.all([ask(url!), ask(url!), ask(url!)])
    expect(told.map((each) => each.pid)).not.toContain(pid)
    expect(command.stderr).toMatch(/^tsgi: killing worker \d \(pid \d+\): it has not responded for \d s\n/)
    await until(() => !isAlive(pid))
  }, 60_000)
})
