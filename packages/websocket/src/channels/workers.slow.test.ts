import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Command } from '../../../tsgi/test/command.ts'
import { type Client, clientOf } from '../../test/start.ts'

function workers(...flags: string[]): Command {
  const cwd = join(import.meta.dirname, '../../test/fixtures')
  return new Command({ cwd }, 'serve', 'room.ts', '--http', '127.0.0.1:0', ...flags)
}

/** A client, and the process that accepted it. */
type Member = Client & { readonly pid: number }

async function open(url: string): Promise<Member> {
  const client = clientOf(new WebSocket(url.replace('http', 'ws')))
  await once(client.socket, 'open')
  return { ...client, pid: Number(await client.next()) }
}

/** Opens clients until each of two workers has one. */
async function openInBoth(url: string): Promise<[Member, Member]> {
  const one = await open(url)
  for (;;) {
    const other = await open(url)
    if (other.pid !== one.pid) return [one, other]
    other.socket.terminate()
  }
}

describe('channels in two workers', () => {
  it('carry messages between them in order, each once', async () => {
    using command = workers('--workers', '2')
    const [url] = await command.addresses()
    const [one, other] = await openInBoth(url!)
    const sent = Array.from({ length: 500 }, (_, n) => `${n} grüße 🎉`)
    for (const message of sent) one.socket.send(message)
    for (const message of sent) expect([await one.next(), await other.next()]).toEqual([message, message])
    other.socket.send('end')
    expect([await one.next(), await other.next()]).toEqual(['end', 'end'])
    for (const { socket } of [one, other]) socket.terminate()
    expect(command.stderr).toBe('')
  })

  it('go on in new workers when the old ones are replaced', async () => {
    using command = workers('--workers', '2', '--graceful-timeout', '3s')
    const [url] = await command.addresses()
    const old = await openInBoth(url!)
    // Of several clients of a worker, the first is closed immediately.
    const late = await open(url!)
    const closed = Promise.all(old.map(({ closed }) => closed))
    await command.reload()
    const [one, other] = await openInBoth(url!)
    expect(old.map(({ pid }) => pid)).not.toContain(one.pid)
    one.socket.send('Hello')
    expect([await one.next(), await other.next()]).toEqual(['Hello', 'Hello'])
    expect((await closed).map(({ code }) => code)).toEqual([1012, 1012])
    expect((await late.closed).code).toBe(1012)
    for (const { socket } of [one, other]) socket.terminate()
    expect(command.stderr).toBe('')
  })

  it('drop messages for a worker that does not read them, and keep the others', async () => {
    using command = workers('--workers', '2', '--heartbeat-timeout', '60s')
    const [url] = await command.addresses()
    const [one, other] = await openInBoth(url!)
    process.kill(other.pid, 'SIGSTOP')
    const message = 'x'.repeat(500_000)
    for (let n = 0; n < 60; n++) {
      one.socket.send(message)
      expect(await one.next()).toBe(message)
    }
    await command.printed('is too slow: dropping messages of channels for it')
    process.kill(other.pid, 'SIGCONT')
    expect(await other.next()).toBe(message)
    for (let isBack = false; !isBack; ) {
      one.socket.send('back')
      isBack = (await other.next()) === 'back'
    }
    expect(command.count('is too slow')).toBe(1)
    for (const { socket } of [one, other]) socket.terminate()
  })
})

it('channels stay inside a process without workers', async () => {
  using command = workers()
  const [url] = await command.addresses()
  const [one, other] = [await open(url!), await open(url!)]
  one.socket.send('Hello')
  expect([await one.next(), await other.next()]).toEqual(['Hello', 'Hello'])
  for (const { socket } of [one, other]) socket.terminate()
})
