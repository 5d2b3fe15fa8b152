import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { CommandError } from '../console/command-error.ts'

export const usage = `tsgi reload PIDFILE

Has the master that wrote PIDFILE (serve --workers N --pid-file PIDFILE) replace its workers, without losing a request.
`

/** `tsgi reload`: sends SIGHUP to a master. */
export async function run(args: readonly string[]): Promise<void> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) {
    throw new CommandError(`reload takes one PIDFILE, got ${positionals.length}`, 2)
  }
  const pid = await readPid(file)
  try {
    process.kill(pid, 'SIGHUP')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ESRCH' ? `no process ${pid} runs` : `process ${pid} may not be signalled (${code})`
    throw new CommandError(`${file}: ${why}`, 1, { cause })
  }
}

async function readPid(file: string): Promise<number> {
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch (cause) {
    throw new CommandError(`${file}: ${(cause as Error).message}`, 1, { cause })
  }
  if (!/^[1-9]\d{0,9}\n?$/.test(content)) throw new CommandError(`${file}: there is no process id in it`, 1)
  return Number(content)
}
