/** Runs a contender's program in its own process. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { accepts, freePort } from '../../scripts/ports.ts'
import type { Usage } from './accounting.ts'
import { bench, envOf, folderOf, isOurs } from './contenders.ts'
import { endProcess, pinning, startProcess } from './processes.ts'
import { published } from './published.ts'

export interface StartOptions {
  /** Runs our packages from source, without a build. For tests only, not for measuring. Default: false. */
  fromSource?: boolean
  /** The Node that runs the program. Default: the one that runs the benchmark. */
  node?: string
  /** Environment variables to add. */
  env?: Record<string, string>
}

export interface RunningContender extends AsyncDisposable {
  name: string
  pid: number
  port: number
  /** Returns what the process has used since it started. */
  usage(): Promise<Usage>
  /** Stops the process. */
  stop(): Promise<void>
}

/** Keeps what tests compile: types need not be stripped again for every program. */
const cache = join(tmpdir(), 'node-compile-cache')
const accounting = pathToFileURL(join(import.meta.dirname, 'accounting.ts')).href

/** Returns the path of a contender's program. */
export function programOf(contender: string, work: string, fromSource = false): string {
  const home = isOurs(contender) && !fromSource ? published() : bench
  return join(home, 'contenders', folderOf(contender), `${work}.ts`)
}

/**
 * Starts the program of a contender for a work and waits until it accepts connections.
 *
 * @throws Error with the output of the program, if it exits or does not listen within 10 seconds.
 */
export async function startContender(
  name: string,
  work: string,
  { fromSource = false, node = process.execPath, env = {} }: StartOptions = {},
): Promise<RunningContender> {
  const port = await freePort()
  const child = startProcess(node, ['--import', accounting, programOf(name, work, fromSource)], {
    core: pinning.server,
    env: {
      ...process.env,
      ...(fromSource && { NODE_COMPILE_CACHE: cache }),
      ...envOf(name),
      ...env,
      NODE_ENV: 'production',
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let printed = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-10_000)
  })
  const stop = (): Promise<void> => endProcess(child)
  try {
    await listening(child, port)
  } catch (error) {
    await stop()
    throw new Error(`${name}/${work}.ts ${(error as Error).message}\n${printed}`)
  }
  return { name, pid: child.pid!, port, usage: () => usageOf(child), stop, [Symbol.asyncDispose]: stop }
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + 10_000
  let failed: Error | undefined
  child.once('error', (error) => {
    failed = error
  })
  while (!(await accepts(port))) {
    if (failed !== undefined) throw new Error(`does not start: ${failed.message}`)
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('ended before it listened')
    if (Date.now() > deadline) throw new Error('does not listen')
    await sleep(10)
  }
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = once(child, 'message', { signal: AbortSignal.timeout(10_000) })
  child.send('usage')
  const [usage] = await answer
  return usage as Usage
}
