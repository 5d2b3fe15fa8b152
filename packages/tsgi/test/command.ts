/** The command in a process of its own, which ends with its test, or at the latest with the tests of a file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { until } from '../../server/test/start.ts'

const cli = join(import.meta.dirname, '../src/cli/cli.ts')
export const fixtures: string = join(import.meta.dirname, 'fixtures')

const { TSGI_ENGINE: engine } = process.env

/** The flags of `tsgi serve` that select the engine under test: see packages/server/test/serve.ts. */
export const engineFlags: readonly string[] = engine === undefined ? [] : ['--engine', engine]

interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** A resource limit, as an option of prlimit. */
  readonly limit?: string
  /** A file descriptor for standard output and standard error, which are then not read. */
  readonly output?: number
}

/** A test that times out never comes to its own end. */
const running = new Set<Disposable>()
afterAll(() => {
  for (const command of running) command[Symbol.dispose]()
})

export class Command implements Disposable {
  readonly process: ChildProcess
  stdout = ''
  stderr = ''
  readonly exit: Promise<number | null>

  constructor(...args: [options: CommandOptions, ...args: string[]] | string[]) {
    const [first, ...rest] = args
    const { cwd = fixtures, env = {}, limit, output = 'pipe' } = typeof first === 'object' ? first : {}
    const given = typeof first === 'object' ? rest : args
    const flags = given[0] === 'serve' ? engineFlags : []
    const command = [
      ...(limit === undefined ? [] : ['prlimit', limit]),
      process.execPath,
      cli,
      ...(given as string[]),
      ...flags,
    ]
    this.process = spawn(command[0]!, command.slice(1), {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
      // A group of its own: its workers can be ended with it.
      detached: true,
    })
    this.process.stdout?.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.process.stderr?.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.exit = once(this.process, 'close').then(([code]) => code)
    running.add(this)
  }

  /** The addresses it listens on, once it does. */
  async addresses(count = 1): Promise<string[]> {
    const found = () =>
      [...this.stdout.matchAll(/^tsgi: listening on (\S+)(?: \(every interface\))?$/gm)].map(
        ([, address]) => address!,
      )
    await until(() => found().length === count || this.process.exitCode !== null)
    if (this.process.exitCode !== null) throw new Error(this.stderr)
    return found()
  }

  /** Waits until this was printed so many times. */
  async printed(text: string, times = 1): Promise<void> {
    await until(() => this.count(text) >= times || this.process.exitCode !== null)
    if (this.count(text) < times) throw new Error(`it ended without '${text}': ${this.stdout}${this.stderr}`)
  }

  /** Reloads a master, and waits until it is done. */
  async reload(): Promise<void> {
    const done = 'tsgi: reloaded\n'
    const times = this.count(done) + 1
    this.process.kill('SIGHUP')
    await this.printed(done, times)
  }

  count(text: string): number {
    return (this.stdout + this.stderr).split(text).length - 1
  }

  [Symbol.dispose](): void {
    try {
      process.kill(-this.process.pid!, 'SIGKILL')
    } catch {
      // All of them have ended.
    }
    running.delete(this)
  }
}
