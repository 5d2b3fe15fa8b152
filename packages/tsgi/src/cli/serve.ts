import { flagName } from '../config/flags.ts'
import { flagsHelp } from '../config/flags-help.ts'
import { readSettings, type ServeSettings } from '../config/settings.ts'
import { CommandError } from '../console/command-error.ts'

export const usage: string = `tsgi serve [FILE] [options]

Serves the application that FILE exports as 'default' or as 'application'. It may be an object with a fetch method, such
as a Hono app. A function exported as 'createApplication' is called once per process to create it. The configuration file
can name FILE instead.

${flagsHelp()}
A DURATION has a unit: 500ms, 30s, 5m, 12h or 1d. A SIZE is in bytes, or has a unit: 512KiB, 64MiB or 1GiB. --http,
--https, --unix and --uwsgi can be repeated, and replace the addresses of the configuration file. Options for workers
require --workers. Environment variables can be in the file .env.

SIGINT and SIGTERM stop the server gracefully, a second one immediately. SIGQUIT gives requests in flight one second. With
--workers, SIGHUP reads the configuration again and restarts the workers one after another without losing a request,
SIGTTIN adds a worker, and SIGTTOU removes one. Without --workers, SIGHUP reads the certificate again.
`

const WORKER_OPTIONS = [
  'pidFile',
  'heartbeatTimeout',
  'bootTimeout',
  'maxRequests',
  'maxRss',
  'maxLifetime',
] as const

/** `tsgi serve`: serves until a signal arrives. */
export async function run(args: readonly string[]): Promise<void> {
  const settings = await readSettings(args, 'serve')
  if (settings.workers === undefined) {
    for (const option of WORKER_OPTIONS) {
      if (settings[option] !== undefined) {
        throw new CommandError(`${flagName(option)} requires --workers`, 2)
      }
    }
    // The master loads no HTTP code, so that a fault in HTTP code cannot end the master.
    const { serveInProcess } = await import('./single-process.ts')
    return serveInProcess(settings)
  }
  const [{ Master }, { rereadSettings }] = await Promise.all([
    import('../workers/master/master.ts'),
    import('../config/reread-settings.ts'),
  ])
  const reread = (before: ServeSettings) => rereadSettings(args, before)
  return new Master(settings, settings.workers, { reread }).start()
}
