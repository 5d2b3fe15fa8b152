/** A server in processes of its own: the command as the chapter runs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export const folder: string = join(import.meta.dirname, '..')

export interface MasterOptions {
  /** Where it runs: this chapter's folder unless given. */
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
      // A group of its own: its workers can be ended with it.
      detached: true,
    })
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
    this.exit = once(this.process, 'exit').then(([code]) => code)
    // Also where a test is given up, which never comes to its own end.
    process.once('exit', () => this.#kill())
  }

  /** Waits until it has printed this. */
  async printed(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.process.exitCode !== null) throw new Error(`the server ended:\n${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal)
  }

  /** What happens to it when the machine fails: all of its processes are gone at once. */
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
      // All of them have ended.
    }
  }
}
