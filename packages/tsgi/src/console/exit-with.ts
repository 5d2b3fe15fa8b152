import { CommandError } from './command-error.ts'

/** Ends the process for this error, having said what it was. */
export function exitWith(error: unknown): never {
  if (error instanceof CommandError) {
    console.error(`tsgi: ${error.message}`)
    if (error.exitCode === 2) console.error("Try 'tsgi --help'.")
    process.exit(error.exitCode)
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    console.error(`tsgi: ${error.message}\nTry 'tsgi --help'.`)
    process.exit(2)
  }
  // The application's own module failed: all of it is wanted.
  console.error(error)
  process.exit(1)
}
