import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { until } from '../../../server/test/start.ts'
import { engineFlags, fixtures } from '../../test/command.ts'
import { activatedAddresses } from './socket-activation.ts'

describe('activatedAddresses', () => {
  it('returns only sockets for this process', () => {
    expect(activatedAddresses({ LISTEN_PID: '7', LISTEN_FDS: '2' }, 7)).toEqual(['fd:3', 'fd:4'])
    for (const environment of [
      {},
      { LISTEN_FDS: '2' },
      { LISTEN_PID: '8', LISTEN_FDS: '2' },
      { LISTEN_PID: '7' },
      { LISTEN_PID: '7', LISTEN_FDS: '-1' },
      { LISTEN_PID: '7', LISTEN_FDS: '0' },
      { LISTEN_PID: '7', LISTEN_FDS: '1e9' },
    ]) {
      expect(activatedAddresses(environment, 7)).toEqual([])
    }
  })
})

describe('an inherited socket', () => {
  it.each([[[]], [['--workers', '1']]])(
    'is served by tsgi serve when it is started like a systemd service, with %j',
    async (flags) => {
      const opened = createServer().listen(0, '127.0.0.1')
      await once(opened, 'listening')
      const { port } = opened.address() as AddressInfo
      const { fd } = (opened as unknown as { _handle: { fd: number } })._handle
      const command = [
        'exec',
        process.execPath,
        join(import.meta.dirname, '../cli/cli.ts'),
        'serve',
        'hello.ts',
        ...engineFlags,
        ...flags,
      ]
      const child = spawn('sh', ['-c', `LISTEN_PID=$$ LISTEN_FDS=1 ${command.join(' ')}`], {
        cwd: fixtures,
        stdio: ['ignore', 'pipe', 'inherit', fd],
      })
      let stdout = ''
      child.stdout?.on('data', (chunk) => {
        stdout += chunk
      })
      try {
        await until(() => stdout.includes('listening'))
        expect(stdout).toContain(`tsgi: listening on http://127.0.0.1:${port}\n`)
        opened.close()
        expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('Hello from the fixture')
      } finally {
        const exit = once(child, 'exit')
        child.kill('SIGTERM')
        await exit
      }
    },
  )

  it('is rejected if it is not a socket', async () => {
    await expect(serve(() => text(''), { listen: 'fd:999' })).rejects.toMatchObject({ syscall: 'listen' })
  })
})
