import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CommandError } from './command-error.ts'
import { help, parseCommandLine, separatorHint } from './command-line.ts'
import { installPackages } from './install.ts'
import { kinds } from './kinds.ts'
import { isClone } from './manifest.ts'
import { type PackageManager, runningPackageManager } from './package-managers.ts'
import { noSuchPiece, projectFiles } from './project.ts'
import { askQuestions } from './questions.ts'
import { checkEmpty, nameOf, writeFiles } from './target.ts'

/** Runs the command, and prints its errors. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await create(args)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    console.error(`create-tsgi: ${error.message}`)
    if (error.exitCode === 2) console.error("Run 'npm create tsgi@latest -- --help' for help.")
    process.exitCode = error.exitCode
  }
}

async function create(args: readonly string[]): Promise<void> {
  const taken = ['kind', 'with', 'pm', 'install'].find(
    (name) => process.env[`npm_config_${name}`] !== undefined,
  )
  if (taken !== undefined) throw new CommandError(`npm did not pass on --${taken}. ${separatorHint}`, 2)
  const given = parseCommandLine(args)
  if (given.help || given.version) {
    process.stdout.write(given.help ? help() : `${version()}\n`)
    return
  }
  if (given.folder !== undefined) {
    nameOf(given.folder)
    checkEmpty(given.folder)
  }
  const running = runningPackageManager(process.env.npm_config_user_agent)
  const { folder, kind, pieces, packageManager, install } = process.stdin.isTTY
    ? await askQuestions(given, running)
    : withDefaults(given, running)
  for (const piece of pieces) {
    if (!Object.hasOwn(kinds[kind].pieces, piece)) throw new CommandError(noSuchPiece(kind, piece), 2)
  }
  const files = projectFiles({ name: nameOf(folder), kind, pieces, packageManager })
  const example = files.get('.env.example')
  if (example !== undefined) files.set('.env', withSecrets(example))
  writeFiles(folder, files)
  if (install) installPackages(folder, packageManager)
  console.log(nextSteps(folder, packageManager, install))
}

/** Fills in the variables of an example that are secrets. */
function withSecrets(example: string): string {
  return example.replaceAll(/^\w+_SECRET=$/gm, (variable) => variable + randomBytes(32).toString('hex'))
}

function withDefaults(given: ReturnType<typeof parseCommandLine>, running: PackageManager) {
  const { folder, kind = 'site', packageManager = running, install = false } = given
  if (folder === undefined) {
    throw new CommandError('FOLDER is missing, and standard input is not a terminal to ask for it', 2)
  }
  return { folder, kind, pieces: given.pieces ?? Object.keys(kinds[kind].pieces), packageManager, install }
}

function nextSteps(folder: string, packageManager: PackageManager, isInstalled: boolean): string {
  const enter = folder === '.' ? '' : `  cd ${quoted(folder)}\n`
  const install = isInstalled ? '' : `  ${packageManager} install\n`
  return `${isInstalled ? '' : `Created ${folder}. `}Next:

${enter}${install}  ${packageManager} run dev

README.md says how to test and deploy it.${isClone() ? CLONE : ''}`
}

/** Quotes a path for a shell, if it needs it. */
function quoted(path: string): string {
  return /^[\w./][\w./-]*$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

const CLONE = `

This is a clone of TSGI, and the project has the versions of its packages. If they are not published yet, serve them with
'pnpm --filter @tsgi/release try' before you install them.`

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
