import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { CommandError } from '../console/command-error.ts'
import { type Flag, FlagError } from './flag-kinds.ts'
import { type FlagValues, flagName, flags, kebab } from './flags.ts'
import { activatedAddresses } from './socket-activation.ts'

/** What a command that serves was told: by its flags, and where they are silent by the configuration file. */
export interface ServeSettings extends FlagValues {
  /** The module of the application. */
  readonly app: string
}

/** The configuration file that is read where there is one. */
const CONFIG = 'tsgi.config.ts'

/**
 * Reads a command line, and the configuration file.
 *
 * @param pid The process for which a service manager may have opened sockets.
 * @throws CommandError naming the flag or the member that is wrong; whatever the configuration's module throws.
 */
export async function readSettings(
  args: readonly string[],
  command: string,
  pid: number = process.pid,
): Promise<ServeSettings> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
  const given = readAll(values, flagName)
  const config = await readConfig(given.config)
  const [app = config.app] = positionals
  if (app === undefined || positionals.length > 1) {
    throw new CommandError(`${command} takes one FILE, got ${positionals.length}`, 2)
  }
  const settings = { ...config, ...given, app }
  if (settings.http ?? settings.https ?? settings.unix) return settings
  const activated = activatedAddresses(process.env, pid)
  return activated.length === 0 ? settings : { ...settings, http: activated }
}

const options = Object.fromEntries(
  Object.entries<Flag>(flags).map(([member, { value, multiple = false }]) => [
    kebab(member),
    { type: value === undefined ? 'boolean' : 'string', multiple } as const,
  ]),
)

/** Reads each value with the kind of its flag. `nameOf` is what the user calls a member. */
function readAll(values: Readonly<Record<string, unknown>>, nameOf: (member: string) => string): FlagValues {
  const read: Record<string, unknown> = {}
  for (const [member, flag] of Object.entries<Flag>(flags)) {
    const value = values[member] ?? values[kebab(member)]
    if (value === undefined) continue
    try {
      read[member] =
        flag.multiple === true
          ? [value].flat().map((one) => flag.read(String(one)))
          : flag.read(String(value))
    } catch (error) {
      if (!(error instanceof FlagError)) throw error
      throw new CommandError(`${nameOf(member)} ${error.message}`, 2, { cause: error })
    }
  }
  return read
}

/** The members of the configuration file, where there is one. */
async function readConfig(named: string | undefined): Promise<Partial<ServeSettings>> {
  const path = resolve(named ?? CONFIG)
  try {
    await access(path)
  } catch (cause) {
    if (named === undefined) return {}
    throw new CommandError(`--config: there is no file ${named}`, 2, { cause })
  }
  const file = named ?? CONFIG
  const { default: config }: { default?: unknown } = await import(pathToFileURL(path).href)
  if (typeof config !== 'object' || config === null) {
    throw new CommandError(`${file}: the module must export an object as 'default', got ${typeof config}`, 2)
  }
  const { app, ...members } = config as Readonly<Record<string, unknown>>
  for (const member of Object.keys(members)) {
    if (!Object.hasOwn(flags, member) || member === 'config') {
      throw new CommandError(
        `${file}: there is no option '${member}'; those there are: app, ${Object.keys(flags)
          .filter((name) => name !== 'config')
          .join(', ')}`,
        2,
      )
    }
  }
  if (app !== undefined && typeof app !== 'string') {
    throw new CommandError(`${file}: app must be the path of a module, got ${typeof app}`, 2)
  }
  const values = readAll(members, (member) => `${file}: ${member}`)
  // What is relative in a file is relative to it.
  return { ...values, ...(app !== undefined && { app: resolve(path, '..', app) }) }
}
