import { fork } from 'node:child_process'
import { extname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { CommandError } from '../console/command-error.ts'
import { warn } from '../console/log.ts'
import { type FlagValues, flagName } from './flags.ts'
import type { ServeSettings } from './settings.ts'

/** What belongs to the master's sockets and files, and so stays as it was. */
const FIXED = [
  ...(['http', 'https', 'unix', 'uwsgi', 'unixMode', 'backlog', 'reusePort'] as const),
  ...(['stats', 'pidFile'] as const),
] satisfies (keyof FlagValues)[]

/**
 * Reads a command line and its configuration file again, as the workers to come are to have them. What cannot change
 * without a restart stays as it was, with a warning.
 *
 * @throws CommandError where they cannot be read; what is wrong with them stands on standard error.
 */
export async function rereadSettings(args: readonly string[], before: ServeSettings): Promise<ServeSettings> {
  const fresh = await readApart(args, before.bootTimeout ?? BOOT_MS)
  const kept: Record<string, unknown> = {}
  for (const member of FIXED) {
    kept[member] = before[member]
    if (!isDeepStrictEqual(fresh[member], before[member]))
      warn(`${flagName(member)} stays what it was until a restart`)
  }
  // Where it says nothing of workers there is a master all the same.
  return { workers: before.workers, ...fresh, ...kept } as ServeSettings
}

/** Milliseconds that a process may take to begin, unless that is given. */
export const BOOT_MS = 60_000

/** Reads them in a process of its own: there every module is loaded anew, and no failure is the master's. */
function readApart(args: readonly string[], timeout: number): Promise<ServeSettings> {
  const { promise, resolve, reject } = Promise.withResolvers<ServeSettings>()
  const reader = fork(
    join(import.meta.dirname, `read-settings-main${extname(import.meta.filename)}`),
    [...args],
    { serialization: 'advanced', timeout, killSignal: 'SIGKILL' },
  )
  reader.on('message', (settings: ServeSettings) => resolve(settings))
  reader.on('error', reject)
  reader.on('exit', (_, signal) => {
    const why = signal === null ? 'cannot be used' : `was not read within ${timeout / 1000} s`
    reject(new CommandError(`the configuration ${why}`, 1))
  })
  return promise
}
