import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Command } from '../../tsgi/test/command.ts'
import { type Client, clientOf } from '../test/start.ts'

function workers(...flags: string[]): Command {
  const cwd = join(import.meta.dirname, '../test/fixtures')
  return new Command({ cwd }, 'serve', 'echo.ts', '--http', '127.0.0.1:0', '--workers', '2', ...flags)
}

/** Returns the address of the command's statistics. */
async function statsOf(command: Command): Promise<string> {
  await command.printed('tsgi: statistics on ')
  return /^tsgi: statistics on (\S+)$/m.exec(command.stdout)![1]!
}

/** Connects, and returns the client with the process that accepted it. */
async function open(url: string): Promise<Client & { readonly pid: string }> {
  const client = clientOf(new WebSocket(url.replace('http', 'ws')))
  await once(client.socket, 'open')
  return { ...client, pid: String(await client.next()) }
}

/** Connects as the clients of an application do. A worker that has begun to stop rejects them with 503. */
async function openAgain(url: string): ReturnType<typeof open> {
  try {
    return await open(url)
  } catch (error) {
    if (!String(error).includes('503')) throw error
    await delay(Math.random() * 100)
    return openAgain(url)
  }
}

describe('tsgi serve with two workers', () => {
  it('accepts WebSockets in both', async () => {
    using command = workers()
    const [url] = await command.addresses()
    const clients = await Promise.all(Array.from({ length: 8 }, () => open(url!)))
    expect(new Set(clients.map(({ pid }) => pid)).size).toBe(2)
    for (const { socket, next } of clients) {
      socket.send('Hello')
      expect(await next()).toBe('Hello')
    }
    for (const { socket } of clients) socket.terminate()
  })

  it('closes every WebSocket with 1012 when it is reloaded, spread over a third of the graceful timeout', async () => {
    using command = workers('--graceful-timeout', '3s')
    const [url] = await command.addresses()
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => open(url!)))
    const times: number[] = []
    const closed = clients.map(async (client) => {
      const { code } = await client.closed
      times.push(performance.now())
      const again = await openAgain(url!)
      again.socket.terminate()
      return { code, isOther: again.pid !== client.pid }
    })
    await command.reload()
    const ends = await Promise.all(closed)
    expect(ends.filter(({ code }) => code !== 1012)).toEqual([])
    expect(ends.filter(({ isOther }) => !isOther)).toEqual([])
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(500)
    expect(command.stderr).toBe('')
  })

  it('counts WebSockets and their messages in --stats, also those of workers that have exited', async () => {
    using command = workers('--stats', '127.0.0.1:0', '--graceful-timeout', '500ms')
    const [url] = await command.addresses()
    const stats = await statsOf(command)
    const metrics = async () =>
      (await (await fetch(`${stats}/metrics`)).text()).matchAll(/^tsgi_websocket.* \d+$/gm)
    /** The sum of the open WebSockets, and the messages in and out. */
    const figures = async () => {
      const lines = [...(await metrics())].map(([line]) => line)
      const sum = (start: string) =>
        lines
          .filter((line) => line.startsWith(start))
          .reduce((all, line) => all + Number(line.split(' ').at(-1)), 0)
      return [
        sum('tsgi_websockets'),
        sum('tsgi_websocket_messages_total{direction="in"}'),
        sum('tsgi_websocket_messages_total{direction="out"}'),
      ]
    }
    const clients = await Promise.all(Array.from({ length: 6 }, () => open(url!)))
    for (const { socket, next } of clients) {
      socket.send('Hello')
      await next()
    }
    await expect.poll(figures).toEqual([6, 6, 12])
    await command.reload()
    await Promise.all(clients.map(({ closed }) => closed))
    const { socket } = await open(url!)
    await expect.poll(figures).toEqual([1, 6, 13])
    socket.terminate()
  })

  it('has room for later clients when many that compress leave at once', async () => {
    using command = workers('--stats', '127.0.0.1:0')
    const [url] = await command.addresses()
    const address = await statsOf(command)
    const report = async () =>
      (await (await fetch(address)).json()) as { workers: { webSockets: number; rss: number }[] }
    const sum = async (key: 'webSockets' | 'rss') =>
      (await report()).workers.reduce((all, worker) => all + worker[key], 0)
    const peaks: number[] = []
    for (let round = 0; round < 3; round++) {
      const clients = await Promise.all(Array.from({ length: 300 }, () => open(`${url}/compressed`)))
      for (const { socket } of clients) socket.send('x'.repeat(5_000))
      await Promise.all(clients.map(({ next }) => next()))
      await expect.poll(() => sum('webSockets')).toBe(300)
      peaks.push(await sum('rss'))
      for (const { socket } of clients) socket.terminate()
      await expect.poll(() => sum('webSockets')).toBe(0)
    }
    const [, second, last] = peaks
    expect(last! / second!).toBeLessThan(1.5)
    expect(command.stderr).toBe('')
  })

  it('rejects WebSockets beyond --max-web-sockets', async () => {
    using command = workers('--max-web-sockets', '1')
    const [url] = await command.addresses()
    const clients = Array.from({ length: 3 }, () => open(url!))
    const outcomes = await Promise.allSettled(clients)
    expect(outcomes.filter(({ status }) => status === 'rejected')).not.toEqual([])
    for (const each of outcomes) if (each.status === 'fulfilled') each.value.socket.terminate()
  })

  it('closes every WebSocket with 1001 when it stops', async () => {
    using command = workers()
    const [url] = await command.addresses()
    const clients = await Promise.all(Array.from({ length: 10 }, () => open(url!)))
    command.process.kill('SIGTERM')
    for (const { closed } of clients) expect((await closed).code).toBe(1001)
    expect(await command.exit).toBe(0)
  })
})
