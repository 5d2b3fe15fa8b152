import { parseCommandLine } from '../console/command-line.ts'
import { applicationFile } from './application-file.ts'
import { readConfigFile } from './config-file.ts'
import type { Flag } from './flag-kinds.ts'
import { type FlagValues, flagName, flags, kebab } from './flags.ts'
import { readValues } from './read-values.ts'
import { activatedAddresses } from './socket-activation.ts'

/** The settings of a command that serves, from its flags and the configuration file. Flags take precedence. */
export interface ServeSettings extends FlagValues {
  /** The module of the application. */
  readonly app: string
}

/**
 * Reads a command line and the configuration file.
 *
 * @param pid The id of the process that a service manager may have opened sockets for.
 * @throws CommandError naming the invalid flag or option; any error that the configuration file throws.
 */
export async function readSettings(
  args: readonly string[],
  command: string,
  pid: number = process.pid,
): Promise<ServeSettings> {
  const { values, positionals } = parseCommandLine(command, args, options)
  const given = readValues(values, flagName)
  const config = withoutReplaced(await readConfigFile(given.config), given)
  const app = await applicationFile(command, positionals, config)
  const settings = { ...config, ...given, app }
  if (hasAddress(settings)) return settings
  const activated = activatedAddresses(process.env, pid)
  return activated.length === 0 ? settings : { ...settings, http: activated }
}

const ADDRESSES = ['http', 'https', 'unix', 'uwsgi'] as const

function hasAddress(settings: FlagValues): boolean {
  return ADDRESSES.some((member) => settings[member] !== undefined)
}

/** Ignores the addresses of the configuration file if the command line has any, and an unneeded certificate. */
function withoutReplaced(config: Partial<ServeSettings>, given: FlagValues): Partial<ServeSettings> {
  if (!hasAddress(given)) return config
  const replaced: readonly string[] = given.https === undefined ? [...ADDRESSES, 'cert', 'key'] : ADDRESSES
  return Object.fromEntries(Object.entries(config).filter(([member]) => !replaced.includes(member)))
}

const options = Object.fromEntries(
  Object.entries<Flag>(flags).map(([member, { value, multiple = false }]) => [
    kebab(member),
    { type: value === undefined ? 'boolean' : 'string', multiple } as const,
  ]),
)
