import { CommandError } from '../console/command-error.ts'
import { type Flag, FlagError } from './flag-kinds.ts'
import { type FlagValues, flags, kebab } from './flags.ts'

/**
 * Reads the values of flags. Names are in kebab case on the command line and in camel case in a configuration file.
 *
 * @param nameOf Returns the name of a member for error messages.
 * @throws CommandError naming the invalid value.
 */
export function readValues(
  values: Readonly<Record<string, unknown>>,
  nameOf: (member: string) => string,
): FlagValues {
  const read: Record<string, unknown> = {}
  for (const [member, flag] of Object.entries<Flag>(flags)) {
    const value = values[member] ?? values[kebab(member)]
    if (value === undefined) continue
    try {
      read[member] = readValue(flag, value)
    } catch (error) {
      if (!(error instanceof FlagError)) throw error
      throw new CommandError(`${nameOf(member)} ${error.message}`, 2, { cause: error })
    }
  }
  return read
}

function readValue(flag: Flag, value: unknown): unknown {
  if (flag.multiple === true) return [value].flat().map((one) => flag.read(String(one)))
  return typeof value === 'number' && flag.readNumber ? flag.readNumber(value) : flag.read(String(value))
}
