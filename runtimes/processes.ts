/** Starts programs, finds out where they listen, and stops them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Running extends AsyncDisposable {
  /** The origin to send requests to: `http://127.0.0.1:PORT`. */
  readonly origin: string
  /** Returns what the program has written to standard output and error. */
  readonly output: () => string
}

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What the program prints once it listens. The first group is the port, if it listens on one. */
  readonly ready: RegExp
}

/** Runs a program until it is disposed. Resolves when it listens; rejects if it does not within 30 seconds. */
export async function start({ command, args, env = {}, ready }: Program): Promise<Running> {
  const child = spawn(command, args, {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => ended(child)
  // If this process ends early.
  process.once('exit', () => child.kill('SIGKILL'))
  let output = ''
  const { promise: said, resolve, reject } = Promise.withResolvers<string | undefined>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
      const found = ready.exec(output)
      if (found) resolve(found[1])
    })
  }
  child.once('error', reject)
  child.once('exit', () => reject(new Error(`${command} ended:\n${output}`)))
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
  const port = await said.finally(() => clearTimeout(late))
  return { origin: `http://127.0.0.1:${port}`, output: () => output, [Symbol.asyncDispose]: stop }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
