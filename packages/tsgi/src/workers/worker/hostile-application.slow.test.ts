import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command, fixtures } from '../../../test/command.ts'
import { ask, master, pids } from '../../../test/workers.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-hostile-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('tsgi serve --workers', () => {
  it('is not confused by messages of the application', async () => {
    using command = new Command(
      ...['serve', 'sends.ts', '--http', '127.0.0.1:0', '--workers', '2', '--stats', '127.0.0.1:0'],
    )
    const [url] = await command.addresses()
    const before = await pids(url!, 16)
    const types = ['ready', 'stats', 'taken', 'returned', 'pong', 'replace', 'loaded', 'bye', 'checked']
    for (const message of ['ready', null, 1, {}, [], ...types.map((type) => ({ type }))]) {
      await ask(url!, `/?${encodeURIComponent(JSON.stringify(message))}`)
    }
    const [, stats] = /statistics on (\S+)/.exec(command.stdout)!
    expect((await fetch(stats!)).status).toBe(200)
    expect(await pids(url!, 16)).toEqual(before)
    expect(command.stderr).toBe('')
  })

  it.concurrent('survives workers that are killed again and again, also while they start', async ({
    expect,
  }) => {
    using command = master('--workers', '2')
    const [url] = await command.addresses()
    for (let deaths = 1; deaths <= 4; deaths++) {
      const { pid } = await ask(url!)
      process.kill(pid, 'SIGKILL')
      await command.printed('was killed by SIGKILL', deaths)
    }
    await expect.poll(async () => (await pids(url!, 16)).size, { timeout: 20_000 }).toBe(2)
    // Each early death doubles the delay.
    expect(command.stderr).toMatch(
      /restarting in 0\.1 s\n[\s\S]*restarting in 0\.2 s\n[\s\S]*restarting in 0\.4 s\n/,
    )
  }, 60_000)

  it.concurrent('starts again if the last worker is killed and the new one is killed while it starts', async ({
    expect,
  }) => {
    const file = join(folder, 'killed.ts')
    const flag = join(folder, 'kill')
    await writeFile(
      file,
      `import { existsSync, rmSync } from 'node:fs'
      if (existsSync(${JSON.stringify(flag)})) {
        rmSync(${JSON.stringify(flag)})
        process.kill(process.pid, 'SIGKILL')
      }
      export { application } from ${JSON.stringify(join(fixtures, 'process.ts'))}`,
    )
    using command = new Command('serve', file, '--http', '127.0.0.1:0', '--workers', '1')
    const [url] = await command.addresses()
    const { pid } = await ask(url!)
    await writeFile(flag, '')
    process.kill(pid, 'SIGKILL')
    await command.printed('was killed by SIGKILL before it was ready')
    expect((await ask(url!)).pid).toBeGreaterThan(0)
  })

  it.concurrent('does not mistake its own pause for one of its workers', async ({ expect }) => {
    using command = master('--workers', '2', '--heartbeat-timeout', '1s')
    const [url] = await command.addresses()
    const before = await pids(url!, 16)
    command.process.kill('SIGSTOP')
    const waiting = ask(url!)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    command.process.kill('SIGCONT')
    expect(before).toContain((await waiting).pid)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(await pids(url!, 16)).toEqual(before)
    expect(command.stderr).toBe('')
  })

  it('does not load an application whose configuration is invalid, and keeps its workers', async () => {
    const file = join(folder, 'tsgi.config.ts')
    const app = JSON.stringify(join(fixtures, 'process.ts'))
    await writeFile(
      file,
      `export default { app: ${app}, http: '127.0.0.1:0', workers: 2, bootTimeout: '2s' }`,
    )
    using command = new Command('serve', '--config', file)
    const [url] = await command.addresses()
    const before = await pids(url!, 16)
    let failed = 0
    for (const content of [
      'throw new Error("broken")',
      'for (;;);',
      'process.exit(0)',
      'export default { workers: 0 }',
      'process.send({ workers: 1 })',
    ]) {
      await writeFile(file, content)
      command.process.kill('SIGHUP')
      await command.printed('reload failed: the current workers keep running', ++failed)
    }
    expect(await pids(url!, 16)).toEqual(before)
  }, 60_000)
})
