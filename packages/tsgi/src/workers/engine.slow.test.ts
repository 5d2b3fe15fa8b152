import { Agent } from 'node:http'
import { describe, expect, it } from 'vitest'
import { RawClient } from '../../../server/test/raw-client.ts'
import { master, pids, read } from '../../test/workers.ts'

describe('tsgi serve --engine tsgi', () => {
  it('passes connections to workers, reloads and replaces them, and finishes requests before it stops', async () => {
    using command = master(
      ...['--engine', 'tsgi', '--workers', '2', '--heartbeat-timeout', '1s', '--stats', '127.0.0.1:0'],
    )
    const [url] = await command.addresses()
    using client = new RawClient(Number(new URL(url!).port))
    // node:http accepts two spaces.
    expect(await client.send('GET  / HTTP/1.1\r\nHost: a\r\n\r\n').response()).toMatchObject({ status: 400 })

    const before = await pids(url!)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    let isReloading = true
    const reloaded = command.reload().then(() => {
      isReloading = false
    })
    let requests = 0
    for (; isReloading; requests++) await read(`${url}/wait/5`, agent)
    await reloaded
    const after = await pids(url!)
    expect([...after].filter((pid) => before.has(pid))).toEqual([])

    const [, address] = /statistics on (\S+)/.exec(command.stdout)!
    const counted = async () => {
      const { total } = (await (await fetch(address!)).json()) as { total: { requests: number } }
      return total.requests
    }
    await expect.poll(counted).toBeGreaterThanOrEqual(requests + 16)

    await expect(fetch(`${url}/block/it`)).rejects.toThrow(TypeError)
    await command.printed('was killed by SIGKILL')
    expect(command.stderr).toContain('its event loop was blocked for 1 s during GET /block/it\n')
    await expect.poll(async () => (await pids(url!)).size).toBe(2)

    const last = read(`${url}/wait/300`, agent)
    await read(`${url}/`, undefined)
    command.process.kill('SIGTERM')
    expect(JSON.parse(await last)).toMatchObject({ multiprocess: true })
    expect(await command.exit).toBe(0)
    agent.destroy()
  })
})
