import { CommandError } from '../console/command-error.ts'
import { parseCommandLine } from '../console/command-line.ts'
import { readPidFile } from '../console/pid-file.ts'

export const usage: string = `tsgi reload PIDFILE

Restarts the workers of 'tsgi serve --workers N --pid-file PIDFILE' one after another, without losing a request.
`

/** `tsgi reload`: sends SIGHUP to a master. */
export async function run(args: readonly string[]): Promise<void> {
  const { positionals } = parseCommandLine('reload', args)
  const [file] = positionals
  if (file === undefined || positionals.length > 1) {
    throw new CommandError(`reload takes one PIDFILE, got ${positionals.length}`, 2)
  }
  const pid = readPidFile(file)
  try {
    process.kill(pid, 'SIGHUP')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const problem =
      code === 'ESRCH' ? `process ${pid} is not running` : `process ${pid} cannot be signalled (${code})`
    throw new CommandError(`${file}: ${problem}`, 1, { cause })
  }
}
