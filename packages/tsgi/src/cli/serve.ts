import { flagsHelp } from '../config/flags.ts'
import { readSettings } from '../config/settings.ts'
import { CommandError } from '../console/command-error.ts'

export const usage: string = `tsgi serve [FILE] [options]

Serves the application that FILE exports as 'default' or 'application'; without FILE, that of the configuration.

${flagsHelp()}
--http, --https and --unix may be repeated. SIGINT and SIGTERM stop gracefully; a second one stops at once. With --workers,
SIGHUP has the configuration read again and replaces the workers one after the other without losing a request, SIGTTIN
adds one, and SIGTTOU removes one; without, it has the certificate read again.
`

/** `tsgi serve`: serves until a signal comes. */
export async function run(args: readonly string[]): Promise<void> {
  const settings = await readSettings(args, 'serve')
  if (settings.pidFile !== undefined && settings.workers === undefined) {
    throw new CommandError('--pid-file needs --workers: one process has no master to be found', 2)
  }
  // A master loads no HTTP code: what it does not load cannot end it.
  if (settings.workers === undefined) {
    const { serveInProcess } = await import('./single-process.ts')
    return serveInProcess(settings)
  }
  const [{ runMaster }, { rereadSettings }] = await Promise.all([
    import('../workers/master.ts'),
    import('../config/reread-settings.ts'),
  ])
  return runMaster(settings, settings.workers, { reread: (before) => rereadSettings(args, before) })
}
