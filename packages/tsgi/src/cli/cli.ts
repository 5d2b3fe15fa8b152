#!/usr/bin/env node
/** The `tsgi` command. */
import { CommandError } from '../console/command-error.ts'
import { exitWith } from '../console/exit-with.ts'
import { version } from '../console/version.ts'

interface Command {
  readonly usage: string
  run(args: readonly string[]): Promise<void>
}

/** Each is loaded only if it is used. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  __proto__: null as never,
  serve: () => import('./serve.ts'),
  dev: () => import('./dev.ts'),
  reload: () => import('./reload.ts'),
  top: () => import('./top.ts'),
  routes: () => import('./routes.ts'),
}

async function main(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args
  if (args.includes('--help') || name === '-h') {
    const loaded = await Promise.all(Object.values(commands).map((load) => load()))
    process.stdout.write(`${loaded.map(({ usage }) => usage).join('\n')}\ntsgi --help\ntsgi --version\n`)
    return
  }
  if (name === '--version') {
    console.log(version)
    return
  }
  const load = name === undefined ? undefined : commands[name]
  if (load === undefined) {
    throw new CommandError(name === undefined ? 'a command is missing' : `there is no command '${name}'`, 2)
  }
  const command = await load()
  await command.run(rest)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  exitWith(error)
}
