/** Runs the `tsgi` command of the chapter. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export const folder: string = join(import.meta.dirname, '..')

export interface MasterOptions {
  /** The working directory; the folder of this chapter by default. */
  readonly cwd?: string
  readonly environment: Readonly<Record<string, string>>
}

export class Master implements AsyncDisposable {
  readonly process: ChildProcess
  readonly exit: Promise<number | null>
  output = ''

  constructor(command: string, args: readonly string[], { cwd = folder, environment }: MasterOptions) {
    this.process = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group, so that its workers can be killed with it.
      detached: true,
    })
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
    this.exit = once(this.process, 'exit').then(([code]) => code)
    // In case a test times out.
    process.once('exit', () => this.#kill())
  }

  /** Waits until the server has printed this text. */
  async printed(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.process.exitCode !== null) throw new Error(`the server ended:\n${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal)
  }

  /** Kills all processes, as if the machine had failed. */
  async lose(): Promise<void> {
    this.#kill()
    await this.exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lose()
  }

  #kill(): void {
    try {
      process.kill(-this.process.pid!, 'SIGKILL')
    } catch {
      // They have already exited.
    }
  }
}
