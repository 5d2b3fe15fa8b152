import { CommandError } from './command-error.ts'

/**
 * Reports an error and exits.
 *
 * @param help The command that prints the help, for an invalid command line.
 */
export function exitWith(error: unknown, help = 'tsgi serve --help'): never {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (error instanceof CommandError || isUsage) {
    const exitCode = error instanceof CommandError ? error.exitCode : 2
    console.error(`tsgi: ${error.message}`)
    if (exitCode === 2) console.error(`Run '${help}' for help.`)
    process.exit(exitCode)
  }
  // The application's module failed: its author needs the stack.
  console.error(...(error instanceof Error ? [] : ['tsgi: this was thrown instead of an Error:']), error)
  process.exit(1)
}
