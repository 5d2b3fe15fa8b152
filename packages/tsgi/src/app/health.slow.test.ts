import { type Application, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { Command } from '../../test/command.ts'
import { Health, healthCheck } from './health.ts'

describe('healthCheck', () => {
  it('responds only to its path, depending on whether the process is ready', async () => {
    const app: Application = ({ pathInfo }) => text(pathInfo)
    const health = new Health()
    const site = client(healthCheck(app, '/healthz', health))
    expect(await (await site.get('/healthz')).text()).toBe('ready\n')
    expect(await (await site.get('/healthz/')).text()).toBe('/healthz/')
    health.ready = false
    const response = await site.get('/healthz')
    expect(response.status).toBe(503)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect((await site.post('/healthz')).status).toBe(405)
    expect((await site.get('/')).status).toBe(200)
  })
})

describe('--health', () => {
  it.each([[[]], [['--workers', '2']]])(
    'responds with 503 after a stop signal, for --drain-delay, and closes connections, with %j',
    async (flags) => {
      using command = new Command(
        ...[
          'serve',
          'process.ts',
          '--http',
          '127.0.0.1:0',
          '--health',
          '/healthz',
          '--drain-delay',
          '1s',
          ...flags,
        ],
      )
      const [url] = await command.addresses()
      const health = async () => (await fetch(`${url}/healthz`, { headers: { connection: 'close' } })).status
      expect(await health()).toBe(200)
      expect((await fetch(url!)).headers.get('connection')).toBe('keep-alive')
      command.process.kill('SIGTERM')
      await command.printed('stopping')
      await expect.poll(health, { interval: 10 }).toBe(503)
      const late = await fetch(url!)
      expect(late.status).toBe(200)
      expect(late.headers.get('connection')).toBe('close')
      expect(await command.exit).toBe(0)
      await expect(fetch(url!)).rejects.toThrow(TypeError)
    },
  )

  it('stays 200 during a reload', async () => {
    using command = new Command(
      ...['serve', 'process.ts', '--http', '127.0.0.1:0', '--health', '/healthz', '--workers', '1'],
    )
    const [url] = await command.addresses()
    command.process.kill('SIGHUP')
    const seen = new Set<number>()
    while (command.count('reloaded') === 0) seen.add((await fetch(`${url}/healthz`)).status)
    seen.add((await fetch(`${url}/healthz`)).status)
    expect([...seen]).toEqual([200])
  })

  it('requires a path', async () => {
    for (const path of ['healthz', '/a b', '/a?b', '']) {
      using command = new Command('serve', 'process.ts', '--health', path)
      expect(await command.exit).toBe(2)
      expect(command.stderr).toMatch(/^tsgi: --health must be a path that starts with \//)
    }
  })
})
