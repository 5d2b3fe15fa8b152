/** Starts a Redis server for tests, on a Unix socket and a port of the loopback interface. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepts, freePort } from './ports.ts'

export class RedisServer implements AsyncDisposable {
  readonly #program: string
  readonly #folder: string
  readonly #arguments: readonly string[]
  #child: ChildProcess | undefined
  /** The path of its socket. */
  readonly path: string
  /** Its port, once it has been started. */
  port = 0

  /**
   * @param program The path of `redis-server`.
   * @param args Further arguments. Without `--appendonly yes`, it loses everything when it is killed.
   */
  constructor(program: string, args: readonly string[] = []) {
    this.#program = program
    this.#arguments = args
    this.#folder = mkdtempSync(join(tmpdir(), 'tsgi-redis-'))
    this.path = join(this.#folder, 'redis.sock')
  }

  async start(): Promise<void> {
    this.port ||= await freePort()
    const listen = ['--bind', '127.0.0.1', '--port', String(this.port), '--unixsocket', this.path]
    const args = [...listen, '--dir', this.#folder, '--save', '', '--daemonize', 'no', ...this.#arguments]
    const child = spawn(this.#program, args)
    this.#child = child
    // In case a test is aborted and never disposes of the server.
    process.once('exit', () => child.kill('SIGKILL'))
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    for (let tries = 0; !(await accepts(this.path)); tries++) {
      if (child.exitCode !== null || tries === 500)
        throw new Error(`${this.#program} did not start: ${output}`)
      await sleep(20)
    }
  }

  /** Kills the server, as if the machine had failed. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  /** Stops the process without closing its connections, as if the network had failed. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
