import { describe, expect, it } from 'vitest'
import { Command } from '../../test/command.ts'
import { ask, isAlive, pids } from '../../test/workers.ts'

const single: readonly string[] = []
const workers: readonly string[] = ['--workers', '2']

function serve(file: string, ...flags: readonly string[]): Command {
  return new Command('serve', file, '--http', '127.0.0.1:0', ...flags)
}

describe.concurrent.each([
  ['a single process', single],
  ['a master', workers],
])('%s', (_, flags) => {
  it.each(['SIGUSR1', 'SIGUSR2'] as const)('ignores %s', async (signal) => {
    using command = serve('process.ts', ...flags)
    const [url] = await command.addresses()
    const before = await pids(url!, 16)
    command.process.kill(signal)
    await command.printed(`tsgi: received ${signal}, ignored\n`)
    expect(await pids(url!, 16)).toEqual(before)
    expect(command.stderr).toBe('')
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'finishes requests that take less than a second on %s, and exits with code 0',
    async (signal) => {
      using command = serve('process.ts', ...flags)
      const [url] = await command.addresses()
      const slow = ask(url!, '/wait/300')
      const quick = await Promise.all([ask(url!), ask(url!)])
      command.process.kill(signal)
      expect((await slow).pid).toBeGreaterThan(0)
      expect(await command.exit).toBe(0)
      expect(command.stdout).toContain(`tsgi: received ${signal}, stopping\n`)
      for (const { pid } of quick) expect(isAlive(pid)).toBe(false)
    },
  )

  it('cuts off requests that take longer on SIGQUIT', async () => {
    using command = serve('process.ts', ...flags, '--drain-delay', '30s')
    const [url] = await command.addresses()
    const never = ask(url!, '/wait/1000000').catch((error: unknown) => error)
    await Promise.all([ask(url!), ask(url!)])
    command.process.kill('SIGQUIT')
    expect(await command.exit).toBe(0)
    expect(await never).toBeInstanceOf(TypeError)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'stops on %s while the application loads',
    async (signal) => {
      using command = serve('loading.ts', ...flags)
      await command.printed('loading\n')
      // Without a listener, process 1 of a container would ignore the signal.
      command.process.kill(signal)
      expect(await command.exit).toBe(0)
      expect(command.stdout).toBe(`loading\ntsgi: received ${signal}, stopping\n`)
      expect(command.stderr).toBe('')
    },
  )

  it('survives other signals while the application loads', async () => {
    using command = serve('loading.ts', ...flags)
    await command.printed('loading\n')
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP'] as const) command.process.kill(signal)
    await command.printed('received SIGUSR1, ignored')
    await command.printed('received SIGUSR2, ignored')
    expect(command.process.exitCode).toBe(null)
    expect(command.process.signalCode).toBe(null)
    expect(command.stderr).toBe('')
  })
})

it.concurrent.each(['SIGTTIN', 'SIGTTOU'] as const)(
  'a single process is not paused by %s',
  async (signal) => {
    using command = serve('process.ts')
    const [url] = await command.addresses()
    command.process.kill(signal)
    await command.printed(`received ${signal}, which requires --workers: ignored`)
    expect((await ask(url!)).pid).toBe(command.process.pid)
  },
)

it.concurrent('a single process without a certificate survives SIGHUP', async () => {
  using command = serve('process.ts')
  const [url] = await command.addresses()
  command.process.kill('SIGHUP')
  await command.printed('received SIGHUP: without --workers and --cert, there is nothing to reload')
  expect((await ask(url!)).pid).toBe(command.process.pid)
})

it.concurrent('a worker ignores the signals of the master', async () => {
  using command = serve('process.ts', '--workers', '1')
  const [url] = await command.addresses()
  const { pid } = await ask(url!)
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGTTIN', 'SIGTTOU'] as const) {
    process.kill(pid, signal)
    expect((await ask(url!)).pid).toBe(pid)
  }
  expect(command.stderr).toBe('')
})

it.concurrent('tsgi dev stops when its terminal is closed', async () => {
  using command = new Command('dev', 'process.ts', '--http', '127.0.0.1:0')
  await command.addresses()
  command.process.kill('SIGHUP')
  expect(await command.exit).toBe(0)
})
