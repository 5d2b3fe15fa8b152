import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { didYouMean } from '@tsgi/core/options'
import { CommandError } from './command-error.ts'

/** What a command line consists of. Values are text, `true` for switches, and lists for flags that can be repeated. */
export interface CommandLine {
  readonly values: Readonly<Record<string, unknown>>
  readonly positionals: readonly string[]
}

/**
 * Parses the arguments of a command.
 *
 * @param options The flags of the command, as for `parseArgs` of Node.
 * @throws CommandError if a flag is unknown; Node's error if a value is missing or not accepted.
 */
export function parseCommandLine(
  command: string,
  args: readonly string[],
  options: ParseArgsOptionsConfig = {},
): CommandLine {
  const input = { args: [...args], allowPositionals: true, options }
  try {
    return parseArgs(input)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error
    const { tokens } = parseArgs({ ...input, strict: false, tokens: true })
    const unknown = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(options, token.name))
    const name = unknown?.kind === 'option' ? unknown.rawName : ''
    const hint =
      FOREIGN[name] ?? didYouMean(name, ['--help', ...Object.keys(options).map((each) => `--${each}`)])
    throw new CommandError(`${command}: unknown option '${name}'${hint}`, 2, { cause: error })
  }
}

const ADDRESS = '; use --http [HOST]:PORT'

/** The options of other servers. */
const FOREIGN: Readonly<Record<string, string>> = {
  '--port': ADDRESS,
  '-p': ADDRESS,
  '--host': ADDRESS,
  '--bind': ADDRESS,
  '-b': ADDRESS,
  '-w': '; use --workers N',
}
