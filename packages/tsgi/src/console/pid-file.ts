import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { CommandError } from './command-error.ts'

/** Writes the process id to a file, and removes the file at exit unless another process has written to it since. */
export function writePidFile(file: string): void {
  const content = `${process.pid}\n`
  writeFileSync(file, content)
  process.on('exit', () => {
    if (contentOf(file) === content) rmSync(file, { force: true })
  })
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Reads the process id in a file.
 *
 * @throws CommandError if there is none, or if the process is not a master of tsgi: the system reuses the id of a process
 * that has exited.
 */
export function readPidFile(file: string): number {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CommandError(`${file}: ${(cause as Error).message}`, 1, { cause })
  }
  if (!/^[1-9]\d{0,9}\n?$/.test(content)) throw new CommandError(`${file}: not a process id`, 1)
  const pid = Number(content)
  const command = commandOf(pid)
  if (command !== undefined && !/tsgi[^\0 ]*[\0 ]serve(?:[\0 ]|$)/.test(command)) {
    throw new CommandError(`${file}: process ${pid} is not a master of tsgi`, 1)
  }
  const age = ageOf(pid)
  if (age !== undefined && Date.now() - age * 1_000 > statSync(file).mtimeMs + CLOCK_MS) {
    throw new CommandError(
      `${file}: process ${pid} was started after the file was written: not the master`,
      1,
    )
  }
  return pid
}

/** Tolerance in milliseconds, because both times are rounded. */
const CLOCK_MS = 2_000

/** Returns the command line of a process, separated by spaces or NUL; undefined if the system cannot tell. */
function commandOf(pid: number): string | undefined {
  return contentOf(`/proc/${pid}/cmdline`) ?? ps(pid, 'args')
}

/** Returns the age of a process in seconds; undefined if `ps` cannot tell. */
function ageOf(pid: number): number | undefined {
  const elapsed = /^\s*(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)\s*$/.exec(ps(pid, 'etime') ?? '')
  if (elapsed === null) return undefined
  const [, days = 0, hours = 0, minutes, seconds] = elapsed
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
}

function ps(pid: number, column: string): string | undefined {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    // There is no such process, or no such program.
    return undefined
  }
}
