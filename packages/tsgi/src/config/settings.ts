import { parseArgs } from 'node:util'
import { checkOptions } from '@tsgi/core/options'
import { CommandError } from '../console/command-error.ts'
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
  const { values, positionals } = parseFlags(args, command)
  const given = readValues(values, flagName)
  const config = withoutReplaced(await readConfigFile(given.config), given)
  const [app = config.app] = positionals
  if (app === undefined) {
    throw new CommandError(`${command} needs the FILE of an application, or 'app' in tsgi.config.ts`, 2)
  }
  if (positionals.length > 1) {
    throw new CommandError(`${command} takes one FILE, got ${positionals.length}`, 2)
  }
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

function parseFlags(args: readonly string[], command: string) {
  const input = { args: [...args], allowPositionals: true, options }
  try {
    return parseArgs(input)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error
    const { tokens } = parseArgs({ ...input, strict: false, tokens: true })
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [[token.rawName, true]] : []))
    // Most other servers have this option.
    if (names.some(([name]) => name === '--port' || name === '-p')) {
      throw new CommandError("unknown option '--port'; use --http :PORT", 2, { cause: error })
    }
    try {
      checkOptions(command, Object.fromEntries(names), Object.keys(flags).map(flagName))
    } catch (cause) {
      throw new CommandError((cause as Error).message, 2, { cause })
    }
    throw error
  }
}
