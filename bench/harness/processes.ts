/**
 * Starts processes that end with this one. The measured server runs on the first core that this process may use, the load
 * and everything else on the second.
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The core numbers, undefined if processes cannot be pinned. */
export interface Pinning {
  server: number | undefined
  load: number | undefined
}

export const pinning: Pinning = findPinning()

const alive = new Set<ChildProcess>()

/** Starts a program that is killed when this process ends for any reason. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { core?: number | undefined },
): ChildProcess {
  const { core, ...rest } = options
  // taskset execs the program, so the process id is that of the program.
  const child =
    core === undefined
      ? spawn(command, args, rest)
      : spawn('taskset', ['--cpu-list', String(core), command, ...args], rest)
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  child.once('error', () => alive.delete(child))
  return child
}

/** Stops a process, and kills it if it has not ended after two seconds. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
  await ended
  clearTimeout(timer)
}

/** Pins this process, and with it every process that names no core, to the core of the load. */
export function pinSelf(): void {
  if (pinning.load === undefined) return
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(pinning.load), String(process.pid)])
}

process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

function findPinning(): Pinning {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? ''
    const [server, load] = list.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
    if (server === undefined || load === undefined) return { server: undefined, load: undefined }
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return { server, load }
  } catch {
    return { server: undefined, load: undefined }
  }
}
