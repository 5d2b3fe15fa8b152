import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Command, fixtures } from '../../../test/command.ts'
import { ask, master } from '../../../test/workers.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-uncaught-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.concurrent.each([
  ['throw', 'Error: thrown in a timer'],
  ['throw-ten', 'Error: thrown 9'],
  ['throw-unprintable', 'cannot be printed'],
  ['reject', 'Error: rejected without a handler'],
  ['emit', 'Error: emitted without a listener'],
])('an uncaught exception (%s)', (action, message) => {
  it('restarts its worker, which finishes its requests', async ({ expect }) => {
    using command = master('--workers', '1')
    const [url] = await command.addresses()
    const slow = [ask(url!, '/wait/300'), ask(url!, '/wait/400')]
    const { pid } = await ask(url!, `/${action}`)
    for (const told of await Promise.all(slow)) expect(told.pid).toBe(pid)
    await command.printed(message)
    expect(command.stderr).toContain('tsgi: uncaught exception outside of a request')
    await expect.poll(async () => (await ask(url!)).pid).not.toBe(pid)
    expect(command.count(`restarting worker 1 (pid ${pid}) in 0.1 s: uncaught exception`)).toBe(1)
  })

  it('ends a single process with code 1 after its requests', async () => {
    using command = new Command('serve', 'process.ts', '--http', '127.0.0.1:0')
    const [url] = await command.addresses()
    const slow = [ask(url!, '/wait/300'), ask(url!, '/wait/400')]
    await ask(url!, `/${action}`)
    for (const told of await Promise.all(slow)) expect(told.pid).toBe(command.process.pid)
    expect(await command.exit).toBe(1)
    expect(command.stderr).toContain(message)
    expect(command.count('tsgi: stopping because of an uncaught exception\n')).toBe(1)
  })
})

describe.concurrent('an uncaught exception', () => {
  it.each([[[]], [['--workers', '1']]])('during a graceful stop loses no request (%s)', async (flags) => {
    using command = new Command('serve', 'process.ts', '--http', '127.0.0.1:0', ...flags)
    const [url] = await command.addresses()
    const slow = ask(url!, '/wait/900')
    await ask(url!, '/throw/300')
    command.process.kill('SIGTERM')
    expect((await slow).pid).toBeGreaterThan(0)
    expect(await command.exit).toBe(0)
    expect(command.stderr).toContain('Error: thrown in a timer')
  })

  it('in the master, which runs the configuration file, stops it with code 1 after all requests', async () => {
    const file = join(folder, 'throws.config.ts')
    await writeFile(
      file,
      `export default { app: ${JSON.stringify(join(fixtures, 'process.ts'))}, http: '127.0.0.1:0', workers: 2 }
      process.on('SIGPIPE', () => Promise.reject(new Error('thrown in the master')))`,
    )
    using command = new Command('serve', '--config', file)
    const [url] = await command.addresses()
    const slow = ask(url!, '/wait/600')
    await Promise.all([ask(url!), ask(url!)])
    command.process.kill('SIGPIPE')
    expect((await slow).pid).toBeGreaterThan(0)
    expect(await command.exit).toBe(1)
    expect(command.stderr).toContain('Error: thrown in the master')
    expect(command.stderr).toContain('tsgi: stopping because of an uncaught exception in the master\n')
  })
})
