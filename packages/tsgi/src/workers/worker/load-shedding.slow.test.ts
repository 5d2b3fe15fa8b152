import { describe, expect, it } from 'vitest'
import { RawClient } from '../../../../server/test/raw-client.ts'
import { Command } from '../../../test/command.ts'

describe('--max-in-flight', () => {
  it.each([[[]], [['--workers', '1']]])(
    'responds with 503 beyond it, except to the health check, and counts it in the statistics, with %j',
    async (flags) => {
      using command = new Command(
        ...['serve', 'process.ts', '--http', '127.0.0.1:0', '--stats', '127.0.0.1:0', '--health', '/health'],
        ...['--max-in-flight', '1', '--max-event-loop-delay', '10s', '--access-log', 'json', ...flags],
      )
      const [url] = await command.addresses()
      await command.printed('statistics on ')
      const stats = /^tsgi: statistics on (\S+)$/m.exec(command.stdout)![1]!
      const metrics = async () => await (await fetch(`${stats}/metrics`)).text()
      using slow = new RawClient(Number(new URL(url!).port))
      slow.send('POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab')
      await expect.poll(metrics).toMatch(/^tsgi_requests_total 1$/m)
      expect((await fetch(url!)).status).toBe(503)
      expect((await fetch(`${url}/health`)).status).toBe(200)
      expect((await slow.send('cd').response()).status).toBe(200)
      await expect.poll(metrics).toMatch(/^tsgi_requests_shed_total [1-9]\d*$/m)
      expect(await metrics()).toMatch(/^tsgi_exceptions_total 0$/m)
      expect(command.stdout).toContain('"shed":true')
      expect(command.stderr).toMatch(
        /^process \d+ is overloaded \(1 in flight\): rejected \d+ requests? with status 503$/m,
      )
    },
  )

  it('and --max-event-loop-delay are checked', async () => {
    for (const [flag, value, message] of [
      ['--max-in-flight', '0', "must be a whole number from 1, got '0'"],
      ['--max-event-loop-delay', '100', 'the unit is missing: 100s?'],
    ] as const) {
      using command = new Command('serve', 'process.ts', flag, value)
      expect(await command.exit).toBe(2)
      expect(command.stderr).toContain(`tsgi: ${flag} `)
      expect(command.stderr).toContain(message)
    }
  })
})
