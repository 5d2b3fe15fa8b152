import { existsSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../server/test/start.ts'
import { Command } from '../../test/command.ts'

it.each([[[]], [['--workers', '2']]])(
  'keeps serving, and still stops, if its output cannot be written (%s)',
  async (options) => {
    const folder = await mkdtemp(join(tmpdir(), 'tsgi-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const socketPath = join(folder, 'tsgi.sock')
    const output = openSync('/dev/full', 'w')
    const flags = ['--unix', socketPath, '--access-log', 'json', ...options]
    using command = new Command({ output }, 'serve', 'throws.ts', ...flags)
    await until(() => existsSync(socketPath))
    for (let round = 0; round < 3; round++) {
      expect(await statusOf(socketPath, '/')).toBe(200)
      expect(await statusOf(socketPath, '/throws')).toBe(500)
    }
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
  },
)

function statusOf(socketPath: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    sent.on('error', reject)
    sent.end()
  })
}
