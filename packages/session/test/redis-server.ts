/** A Redis of the tests' own: on a unix socket in a folder of its own, with nothing kept on disk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export class RedisServer implements AsyncDisposable {
  readonly #program: string
  readonly #folder: string
  #child: ChildProcess | undefined
  /** Where it listens. */
  readonly path: string

  /** @param program Where redis-server is. */
  constructor(program: string) {
    this.#program = program
    this.#folder = mkdtempSync(join(tmpdir(), 'tsgi-redis-'))
    this.path = join(this.#folder, 'redis.sock')
  }

  async start(): Promise<void> {
    const args = ['--port', '0', '--unixsocket', this.path, '--dir', this.#folder, '--save', '']
    const child = spawn(this.#program, [...args, '--appendonly', 'no', '--daemonize', 'no'])
    this.#child = child
    // Also where a test is given up, which never comes to its own end.
    process.once('exit', () => child.kill('SIGKILL'))
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    for (let tries = 0; !(await this.#accepts()); tries++) {
      if (child.exitCode !== null || tries === 500)
        throw new Error(`${this.#program} did not start: ${output}`)
      await sleep(20)
    }
  }

  /** Ends it as a failure of the machine would. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #accepts(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.path)
      socket.on('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
  }
}
