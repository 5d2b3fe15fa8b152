#!/usr/bin/env node
/** The `tsgi` command. */
import { existsSync } from 'node:fs'
// Older versions of Node lack some of its names: an import by name would fail before `main` can say so.
import nodeModule from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { didYouMean } from '@tsgi/core/options'
import { loadEnvFile } from '../config/env-file.ts'
import { CommandError } from '../console/command-error.ts'
import { exitWith } from '../console/exit-with.ts'
import { listenForSignals } from '../console/signals.ts'
import { version } from '../console/version.ts'

const [command] = process.argv.slice(2)
if (command === 'serve' || command === 'dev') listenForSignals(command)

// Halves the CPU time of a start. The variable makes workers use the same cache.
nodeModule.enableCompileCache?.()
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')

/** The commands that load the application. */
const WITH_ENV_FILE = ['serve', 'dev', 'routes', 'openapi']

interface Command {
  readonly usage: string
  run(args: readonly string[]): Promise<void>
}

/** The commands. Each is loaded only when it is used. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  __proto__: null as never,
  serve: () => import('./serve.ts'),
  dev: () => import('./dev.ts'),
  reload: () => import('./reload.ts'),
  top: () => import('./top.ts'),
  routes: () => import('./routes.ts'),
  openapi: () => import('./openapi.ts'),
}

const overview = `tsgi COMMAND [options]

  serve [FILE]      serve an application
  dev [FILE]        serve an application during development: restart on changes, errors in the browser
  reload PIDFILE    restart the workers of a server one after another, without losing a request
  top [ADDRESS]     show what a server is doing
  routes [FILE]     print the routes of an application
  openapi [FILE]    print the OpenAPI document of an application

  help [COMMAND]    this text, or the help of a command; also --help
  --version         the version of tsgi
`

async function main(args: readonly string[]): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 18)) {
    throw new CommandError(`needs Node.js 22.18 or newer, this is ${process.version}`, 1)
  }
  const [first, ...rest] = args
  if (first === '--version' || first === '-v') {
    console.log(version)
    return
  }
  const isHelp = first === 'help' || first === '--help' || first === '-h'
  const [name] = isHelp ? rest : args
  if (name === undefined) {
    if (!isHelp) throw new CommandError('the command is missing', 2)
    process.stdout.write(overview)
    return
  }
  const load = commands[name]
  if (load === undefined) throw unknownCommand(name)
  const { usage, run } = await load()
  if (isHelp || rest.includes('--help') || rest.includes('-h')) process.stdout.write(usage)
  else {
    if (WITH_ENV_FILE.includes(name)) loadEnvFile()
    await run(rest)
  }
}

function unknownCommand(name: string): CommandError {
  const known = [...Object.keys(commands), 'help', '--help', '--version']
  const hint = didYouMean(name, known) || (existsSync(name) ? `, did you mean 'tsgi serve ${name}'?` : '')
  return new CommandError(`unknown ${name.startsWith('-') ? 'option' : 'command'} '${name}'${hint}`, 2)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  exitWith(error, command !== undefined && command in commands ? `tsgi ${command} --help` : 'tsgi --help')
}
