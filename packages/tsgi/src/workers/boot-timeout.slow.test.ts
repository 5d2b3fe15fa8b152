import { rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Command } from '../../test/command.ts'

let folder = ''
let hang = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-boot-'))
  hang = join(folder, 'hang')
  process.env.TSGI_TEST_BROKEN = hang
})
afterEach(() => rmSync(hang, { force: true }))
afterAll(() => rm(folder, { recursive: true }))

const flags = ['--http', '127.0.0.1:0', '--workers', '1', '--boot-timeout', '6s']

describe('a worker that does not become ready', () => {
  it('ends the master when it starts, with the reason', async () => {
    writeFileSync(hang, '')
    using command = new Command('serve', 'hanging.ts', ...flags)
    expect(await command.exit).toBe(1)
    expect(command.stderr).toMatch(
      /^tsgi: killing worker 1 \(pid \d+\): it was not ready within 6 s\ntsgi: worker 1 \(pid \d+\) was killed by SIGKILL before it was ready\ntsgi: no worker could start, stopping\n$/,
    )
    expect(command.stdout).toBe('')
  })

  it('fails a reload, and the current workers keep running', async () => {
    using command = new Command('serve', 'hanging.ts', ...flags)
    const [url] = await command.addresses()
    writeFileSync(hang, '')
    command.process.kill('SIGHUP')
    await command.printed('reload failed')
    expect(command.stderr).toContain('it was not ready within 6 s')
    expect(await (await fetch(url!)).text()).toBe('Hello from the fixture')
    rmSync(hang)
    await command.reload()
  })
})
