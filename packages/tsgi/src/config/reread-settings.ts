import { fork } from 'node:child_process'
import { extname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { CommandError } from '../console/command-error.ts'
import { warn } from '../console/log.ts'
import { type FlagValues, flagName } from './flags.ts'
import type { ServeSettings } from './settings.ts'

/** Settings of the master's own sockets and files. They change only when the master restarts. */
const FIXED = [
  ...(['http', 'https', 'unix', 'uwsgi', 'unixMode', 'backlog', 'reusePort'] as const),
  ...(['stats', 'pidFile'] as const),
] satisfies (keyof FlagValues)[]

/**
 * Reads the command line and the configuration file again, for new workers. Warns about changes that require a restart
 * of the master, and ignores them.
 *
 * @throws CommandError if the configuration is invalid; the reason has been written to standard error.
 */
export async function rereadSettings(args: readonly string[], before: ServeSettings): Promise<ServeSettings> {
  const fresh = await readApart(args, before.bootTimeout ?? BOOT_MS)
  const kept: Record<string, unknown> = {}
  for (const member of FIXED) {
    kept[member] = before[member]
    if (!isDeepStrictEqual(fresh[member], before[member]))
      warn(`${flagName(member)} has changed, which requires a restart: ignored`)
  }
  // Only a master reads the settings again, so there are workers.
  return { workers: before.workers, ...fresh, ...kept } as ServeSettings
}

/** The default of `bootTimeout` in milliseconds. */
export const BOOT_MS = 60_000

/** Reads the settings in another process, which loads modules again and whose errors cannot end the master. */
function readApart(args: readonly string[], timeout: number): Promise<ServeSettings> {
  const { promise, resolve, reject } = Promise.withResolvers<ServeSettings>()
  const reader = fork(
    join(import.meta.dirname, `read-settings-main${extname(import.meta.filename)}`),
    [...args],
    { serialization: 'advanced', timeout, killSignal: 'SIGKILL' },
  )
  reader.on('message', (message: { readonly tsgi?: ServeSettings } | null) => {
    if (message?.tsgi !== undefined) resolve(message.tsgi)
  })
  reader.on('error', reject)
  reader.on('exit', (_, signal) => {
    const problem = signal === null ? 'is invalid' : `was not read within ${timeout / 1000} s`
    reject(new CommandError(`the configuration ${problem}`, 1))
  })
  return promise
}
