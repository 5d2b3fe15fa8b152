#!/usr/bin/env node
/** The `tsgi` command. */
import { CommandError } from './command-error.ts'
import { commandRoutes, routesUsage } from './command-routes.ts'
import { commandServe, serveUsage } from './command-serve.ts'
import { version } from './version.ts'

const usage = `${serveUsage}
${routesUsage}
tsgi --help
tsgi --version
`

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  __proto__: null as never,
  serve: commandServe,
  routes: commandRoutes,
}

async function main(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args
  if (args.includes('--help') || name === '-h') {
    process.stdout.write(usage)
    return
  }
  if (name === '--version') {
    console.log(version)
    return
  }
  const command = name === undefined ? undefined : commands[name]
  if (command === undefined) {
    throw new CommandError(name === undefined ? 'a command is missing' : `there is no command '${name}'`, 2)
  }
  await command(rest)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
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
