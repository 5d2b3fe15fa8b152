import { Agent } from 'node:http'
import { describe, expect, it } from 'vitest'
import { until } from '../../../../server/test/start.ts'
import { ask, isAlive, master, pids, read } from '../../../test/workers.ts'

describe('recycling', () => {
  it('restarts a worker after --max-requests without losing a request', async () => {
    using command = master('--workers', '2', '--max-requests', '20')
    const [url] = await command.addresses()
    const seen = new Set<number>()
    // Requests are sent one after another on one connection, which ends with its worker.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    using _ = { [Symbol.dispose]: () => agent.destroy() }
    while (seen.size < 4) seen.add(JSON.parse(await read(url!, agent)).pid)
    expect(command.stdout).toMatch(
      /^tsgi: restarting worker \d+ \(pid \d+\): it has served 2[0-2] requests$/m,
    )
    expect(command.stderr).toBe('')
  })

  it('restarts a worker whose memory or age exceeds the limit', async () => {
    using command = master('--workers', '1', '--max-rss', '300MiB')
    const [url] = await command.addresses()
    const { pid } = await ask(url!, '/hoard/400')
    await command.printed('MiB of memory')
    await expect.poll(async () => (await ask(url!)).pid).not.toBe(pid)
    await until(() => !isAlive(pid))

    using aging = master('--workers', '1', '--max-lifetime', '1s')
    const [other] = await aging.addresses()
    const first = await ask(other!)
    await aging.printed('it has reached its maximum lifetime')
    await until(() => !isAlive(first.pid))
    expect((await ask(other!)).pid).not.toBe(first.pid)
  })
})

describe('a worker that dies', () => {
  it('loses no connection that it has not taken yet', async () => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    let answered = 0
    for (let deaths = 1; deaths <= 3; deaths++) {
      await ask(url!, '/crash').catch(() => {})
      // The dying worker resets this connection if it has taken it. Otherwise the next worker serves it.
      await ask(url!).then(
        () => answered++,
        () => {},
      )
      await command.printed('exited with code 7', deaths)
    }
    expect(answered).toBeGreaterThan(0)
  })
})

describe('a worker whose event loop is blocked', () => {
  it('is killed and restarted, and its requests are reported', async () => {
    using command = master('--workers', '2', '--heartbeat-timeout', '0.5s')
    const [url] = await command.addresses()
    const before = await pids(url!)
    const blocking = fetch(`${url}/block/it?token=secret`).catch((error: unknown) => error)
    // The other worker responds in the meantime.
    expect(before).toContain((await ask(url!)).pid)
    expect(await blocking).toBeInstanceOf(TypeError)
    await command.printed('was killed by SIGKILL')
    expect(command.stderr).toMatch(
      /^tsgi: killing worker \d \(pid \d+\): its event loop was blocked for 0\.5 s during GET \/block\/it\n/,
    )
    expect(command.stderr).not.toContain('secret')
    await expect.poll(async () => (await pids(url!)).size).toBe(2)
  })

  it('is not killed without a limit, or if it is blocked for less', async () => {
    for (const timeout of ['0s', '2s']) {
      using command = master('--workers', '1', '--heartbeat-timeout', timeout)
      const [url] = await command.addresses()
      const { pid } = await ask(url!)
      expect((await ask(url!, '/block/700')).pid).toBe(pid)
      expect((await ask(url!)).pid).toBe(pid)
    }
  })
})
