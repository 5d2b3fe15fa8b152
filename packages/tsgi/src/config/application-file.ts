import { CommandError } from '../console/command-error.ts'
import { readConfigFile } from './config-file.ts'

/**
 * Returns the FILE of a command line, or else the application of a configuration file.
 *
 * @param config The configuration file. Default: `tsgi.config.ts`, which is only read if the command line has no FILE.
 * @throws CommandError if there is neither, or more than one FILE.
 */
export async function applicationFile(
  command: string,
  files: readonly string[],
  config?: { readonly app?: string },
): Promise<string> {
  if (files.length > 1) throw new CommandError(`${command} takes one FILE, got ${files.length}`, 2)
  const file = files[0] || (config ?? (await readConfigFile(undefined))).app
  if (file !== undefined) return file
  throw new CommandError(`${command} needs the FILE of an application, or 'app' in tsgi.config.ts`, 2)
}
