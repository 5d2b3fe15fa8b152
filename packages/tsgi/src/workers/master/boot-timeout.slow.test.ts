import { rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command } from '../../../test/command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-boot-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Starts an application that hangs while it loads if there is such a file. */
function serve(hang: string, bootTimeout: string): Command {
  const flags = ['--http', '127.0.0.1:0', '--workers', '1', '--boot-timeout', bootTimeout]
  return new Command({ env: { TSGI_TEST_BROKEN: hang } }, 'serve', 'hanging.ts', ...flags)
}

describe('a worker that does not become ready', () => {
  it('ends the master when it starts, with the reason', async () => {
    const hang = join(folder, 'first')
    writeFileSync(hang, '')
    using command = serve(hang, '1s')
    expect(await command.exit).toBe(1)
    expect(command.stderr).toMatch(
      /^tsgi: killing worker 1 \(pid \d+\): it was not ready within 1 s\ntsgi: worker 1 \(pid \d+\) was killed by SIGKILL before it was ready\ntsgi: no worker could start, stopping\n$/,
    )
    expect(command.stdout).toBe('')
  })

  it('fails a reload, and the current workers keep running', async () => {
    const hang = join(folder, 'later')
    using command = serve(hang, '3s')
    const [url] = await command.addresses()
    writeFileSync(hang, '')
    command.process.kill('SIGHUP')
    await command.printed('reload failed')
    expect(command.stderr).toContain('it was not ready within 3 s')
    expect(await (await fetch(url!)).text()).toBe('Hello from the fixture')
    rmSync(hang)
    await command.reload()
  })
})
