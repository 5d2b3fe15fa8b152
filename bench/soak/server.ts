/** The server under test, and its processes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HeapSample } from './heap-log.ts'
import type { Ledger } from './ledger.ts'

/** The limit of file descriptors of each process. */
export const MAX_DESCRIPTORS = 256

const cli = join(import.meta.dirname, '../../packages/tsgi/src/cli/cli.ts')

/** A sample of one process. */
export interface ProcessSample {
  readonly name: string
  /** MiB. */
  readonly memory: number
  readonly descriptors: number
}

export class SoakServer {
  readonly process: ChildProcess
  errors = ''
  #isStopping = false
  readonly #folder = mkdtempSync(join(tmpdir(), 'tsgi-soak-'))
  #output = ''

  constructor(workers: number, engine: string, ledger: Ledger) {
    const command = [
      ...[process.execPath, cli, 'serve', join(import.meta.dirname, 'app.ts'), '--http', '127.0.0.1:0'],
      ...['--workers', String(workers), '--engine', engine, '--access-log', 'json', '--stats', '127.0.0.1:0'],
      // A client that is starved of CPU time must not lose a request to the timeout of its idle connection.
      ...['--graceful-timeout', '20s', '--keep-alive-timeout', '30s'],
    ]
    this.process = spawn('sh', ['-c', `ulimit -n ${MAX_DESCRIPTORS} && exec "$@"`, 'sh', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        NODE_OPTIONS: `--expose-gc --import=${join(import.meta.dirname, 'heap-log.ts')}`,
        TSGI_HEAP_LOG: this.#heapLog,
      },
    })
    this.process.stdout!.setEncoding('utf8').on('data', (chunk) => {
      if (this.#output.length < 10_000) this.#output += chunk
    })
    this.process.stderr!.setEncoding('utf8').on('data', (chunk) => {
      this.errors += chunk
      // A machine under load makes the pause of a frozen worker longer than the master waits.
      if (/^tsgi: killing /m.test(chunk)) ledger.killing()
      if (/run out of file descriptors|EMFILE/.test(chunk)) ledger.exhausted()
    })
    this.process.on('exit', (code, signal) => {
      if (!this.#isStopping) console.error(`The server has exited (${code ?? signal}): ${this.errors}`)
    })
  }

  get #heapLog(): string {
    return join(this.#folder, 'heap.jsonl')
  }

  /** The memory of all processes so far, also of those that have ended. */
  heapSamples(): HeapSample[] {
    const lines = readFileSync(this.#heapLog, 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as HeapSample)
  }

  /** Resolves with the port when the server is ready. */
  async port(): Promise<number> {
    for (;;) {
      const [, port] = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.#output) ?? []
      if (port !== undefined && this.#output.includes('is ready')) return Number(port)
      if (this.process.exitCode !== null) throw new Error(`The server has exited: ${this.errors}`)
      await sleep(20)
    }
  }

  /** The process ids of the workers that serve. */
  async workers(): Promise<number[]> {
    const report = await this.#report()
    return report.workers.filter(({ state }) => state === 'serving').map(({ pid }) => pid)
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal)
  }

  /** Closes the reader of the access log. */
  closeLog(): void {
    this.process.stdout!.destroy()
  }

  async samples(): Promise<ProcessSample[]> {
    const { workers } = await this.#report()
    const master = sampleOf('master', this.process.pid!)
    return [master, ...workers.map(({ id, pid }) => sampleOf(`worker ${id}`, pid))].filter(
      (sample) => sample !== undefined,
    )
  }

  /** Stops the server, and resolves with its exit code. */
  async stop(): Promise<number | null> {
    const { promise, resolve } = Promise.withResolvers<number | null>()
    this.process.on('exit', resolve)
    this.#isStopping = true
    this.signal('SIGTERM')
    const code = await promise
    rmSync(this.#folder, { recursive: true })
    return code
  }

  async #report(): Promise<{ workers: { id: number; pid: number; state: string }[] }> {
    const [, address] = /statistics on (\S+)/.exec(this.#output)!
    for (;;) {
      try {
        const response = await fetch(address!, { headers: { connection: 'close' } })
        return (await response.json()) as never
      } catch (error) {
        // While the master has no file descriptors, it closes new connections.
        if (this.process.exitCode !== null) throw error
        await sleep(500)
      }
    }
  }
}

function sampleOf(name: string, pid: number): ProcessSample | undefined {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
    return {
      name,
      memory: Math.round(Number(kilobytes) / 1024),
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
    }
  } catch {
    // The process has just exited.
    return undefined
  }
}
