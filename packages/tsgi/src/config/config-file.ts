import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkOptions } from '@tsgi/core/options'
import { CommandError } from '../console/command-error.ts'
import { type FlagValues, flags } from './flags.ts'
import { readValues } from './read-values.ts'

/** The configuration file that is read by default, if it exists. */
const DEFAULT_FILE = 'tsgi.config.ts'

/** The options of a configuration file: every flag but `--config`, and the application. */
const known = ['app', ...Object.keys(flags).filter((name) => name !== 'config')]

/**
 * Reads a configuration file.
 *
 * @param named The file. Default: `tsgi.config.ts`, if it exists.
 * @throws CommandError naming the invalid option; any error that the module throws.
 */
export async function readConfigFile(
  named: string | undefined,
): Promise<FlagValues & { readonly app?: string }> {
  const file = named ?? DEFAULT_FILE
  const path = resolve(file)
  try {
    await access(path)
  } catch (cause) {
    if (named === undefined) return {}
    throw new CommandError(`--config: there is no file ${named}`, 2, { cause })
  }
  const { default: config }: { default?: unknown } = await import(pathToFileURL(path).href)
  if (typeof config !== 'object' || config === null) {
    throw new CommandError(`${file}: the default export must be an object, got ${typeof config}`, 2)
  }
  try {
    checkOptions(file, config, known)
  } catch (cause) {
    throw new CommandError((cause as Error).message, 2, { cause })
  }
  const { app, ...members } = config as Readonly<Record<string, unknown>>
  if (app !== undefined && typeof app !== 'string') {
    throw new CommandError(`${file}: app must be the path of a module, got ${typeof app}`, 2)
  }
  const values = readValues(members, (member) => `${file}: ${member}`)
  // The application is relative to the file that names it.
  return { ...values, ...(app !== undefined && { app: resolve(path, '..', app) }) }
}
