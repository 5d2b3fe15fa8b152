/** A terminal in which a user types commands, with a registry that has the packages. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { environment, runtimes } from './consumer.ts'

const execute = promisify(execFile)

export class Shell {
  readonly env: NodeJS.ProcessEnv
  #folder: string

  /** @param node The Node that is first on the PATH. */
  constructor(scratch: string, registry: string, node: keyof typeof runtimes = 'Node 24') {
    this.#folder = join(scratch, `shell-${crypto.randomUUID()}`)
    mkdirSync(this.#folder)
    const env = environment(scratch, registry)
    // yarn and bun are in this folder.
    const bins = join(import.meta.dirname, 'node_modules/.bin')
    this.env = { ...env, PATH: [dirname(runtimes[node]), bins, env.PATH].join(delimiter) }
  }

  path(file: string): string {
    return join(this.#folder, file)
  }

  /** Runs a command; returns what it has printed. Understands `cd`. */
  async run(command: string): Promise<string> {
    if (command.startsWith('cd ')) {
      this.#folder = this.path(command.slice(3))
      return ''
    }
    try {
      const options = { cwd: this.#folder, env: this.env, timeout: 120_000 }
      return (await execute('sh', ['-c', command], options)).stdout
    } catch (error) {
      const { stdout, stderr } = error as Error & { stdout: string; stderr: string }
      throw new Error(`${command}\n${stdout}${stderr}`)
    }
  }

  /** Starts a command that runs until Ctrl+C. */
  start(command: string): Running {
    // A process group, because a terminal sends SIGINT to all of its processes.
    const options = { cwd: this.#folder, env: this.env, detached: true } as const
    return new Running(spawn('sh', ['-c', command], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }))
  }
}

/** A command that runs. */
export class Running implements AsyncDisposable {
  output = ''
  readonly #process: ChildProcess
  readonly #exit: Promise<unknown>

  constructor(process: ChildProcess) {
    this.#process = process
    this.#exit = once(process, 'close')
    for (const stream of [process.stdout!, process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
  }

  /** Presses Ctrl+C, and waits for the end. */
  async interrupt(): Promise<void> {
    process.kill(-this.#process.pid!, 'SIGINT')
    await this.#exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-this.#process.pid!, 'SIGKILL')
    } catch {
      // It has ended.
    }
    await this.#exit
  }
}
