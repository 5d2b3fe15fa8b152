#!/usr/bin/env node
import { commandDev, devUsage } from './command-dev.ts'
/** The `tsgi` command. */
import { CommandError } from './command-error.ts'
import { commandReload, reloadUsage } from './command-reload.ts'
import { commandRoutes, routesUsage } from './command-routes.ts'
import { commandServe, serveUsage } from './command-serve.ts'
import { commandTop, topUsage } from './command-top.ts'
import { exitWith } from './exit-with.ts'
import { version } from './version.ts'

const usage = `${serveUsage}
${devUsage}
${reloadUsage}
${topUsage}
${routesUsage}
tsgi --help
tsgi --version
`

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  __proto__: null as never,
  serve: commandServe,
  dev: commandDev,
  reload: commandReload,
  routes: commandRoutes,
  top: commandTop,
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
  exitWith(error)
}
