import { parseArgs } from 'node:util'
import { CommandError } from './command-error.ts'
import { type KindName, kindNames, kinds } from './kinds.ts'
import { type PackageManager, packageManagers } from './package-managers.ts'
import { noSuchPiece } from './project.ts'

/** What the command line says. Each member that is undefined is a question. */
export interface CommandLine {
  readonly folder: string | undefined
  readonly kind: KindName | undefined
  readonly pieces: readonly string[] | undefined
  readonly packageManager: PackageManager | undefined
  /** Whether to install the packages. */
  readonly install: boolean | undefined
}

/** The text of `--help`. */
export function help(): string {
  const list = (kind: KindName) => {
    const pieces = Object.entries(kinds[kind].pieces)
    return [
      `  ${kind.padEnd(12)}${kinds[kind].description}`,
      ...pieces.map(([name, { description }]) => `    ${name.padEnd(12)}${description}`),
    ]
  }
  return `npm create tsgi@latest [FOLDER] -- [options]

Creates a TSGI project in FOLDER, which must be empty or not exist. At a terminal, asks for missing options; otherwise, takes
the defaults.

  --kind KIND       site, api or middleware (default: site)
  --with PIECES     comma-separated pieces of the stack, or 'none' (default: all of the kind)
  --pm MANAGER      ${packageManagers.join(', ')} (default: the one that runs this command)
  --install         install the packages; --no-install leaves that to you (default without a terminal)
  --help            this text
  --version         the version of create-tsgi

Kinds, and their pieces:

${kindNames.flatMap(list).join('\n')}
`
}

/** npm keeps options for itself, unless they come after `--`. */
export const separatorHint =
  "With npm, write '--' before the options: npm create tsgi@latest my-app -- --kind api"

/**
 * Parses the command line.
 *
 * @throws CommandError if it is invalid.
 */
export function parseCommandLine(args: readonly string[]): CommandLine & { help: boolean; version: boolean } {
  const { values, positionals } = parse(args)
  if (positionals.length > 1) {
    throw new CommandError(`expected one FOLDER, got ${positionals.join(' ')}. ${separatorHint}`, 2)
  }
  const kind = oneOf('kind', values.kind, kindNames)
  const pieces = piecesOf(values.with)
  // Without a kind and a terminal, it is a site.
  for (const piece of pieces ?? []) {
    const possible = kind === undefined ? kindNames : [kind]
    if (!possible.some((each) => Object.hasOwn(kinds[each].pieces, piece)))
      throw new CommandError(noSuchPiece(kind ?? 'site', piece), 2)
  }
  return {
    folder: positionals[0],
    kind,
    pieces,
    packageManager: oneOf('pm', values.pm, packageManagers),
    install: values.install,
    help: values.help,
    version: values.version,
  }
}

/** Returns the pieces in a list such as `session,log`. */
export function piecesOf(list: string | undefined): string[] | undefined {
  const names = list?.split(/[\s,]+/).filter((name) => name !== '')
  return names?.length === 1 && names[0] === 'none' ? [] : names
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      allowNegative: true,
      options: {
        kind: { type: 'string' },
        with: { type: 'string' },
        pm: { type: 'string' },
        install: { type: 'boolean' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'v', default: false },
      },
    })
  } catch (error) {
    throw new CommandError((error as Error).message, 2)
  }
}

/** Returns a value if it is one of some. */
export function oneOf<Value extends string>(
  name: string,
  value: string | undefined,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined || values.includes(value as Value)) return value as Value | undefined
  throw new CommandError(`--${name} must be one of ${values.join(', ')}, got '${value}'`, 2)
}
