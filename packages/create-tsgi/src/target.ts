/** The folder of the new project. */
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CommandError } from './command-error.ts'

const VALID_NAME = /^[a-z\d~][a-z\d._~-]*$/
const SCOPE = /^@[a-z\d~][a-z\d._~-]*$/
const RESERVED_NAMES = ['node_modules', 'favicon.ico']
/** Only their owner can read them. */
const SECRET_FILES = ['.env']

/**
 * Returns the name of the package in a folder: the last part of its path, with the scope before it if there is one.
 *
 * @throws CommandError if npm does not allow the name.
 */
export function nameOf(folder: string): string {
  if (folder === '') throw new CommandError('FOLDER is empty. For the current folder, write .', 2)
  if (/^~(?:\/|$)/.test(folder)) {
    throw new CommandError(`'~' in '${folder}' is not the home folder here: write the whole path`, 2)
  }
  const path = resolve(folder)
  const name = basename(path)
  const parent = basename(dirname(path))
  const whole = SCOPE.test(parent) ? `${parent}/${name}` : name
  if (VALID_NAME.test(name) && whole.length <= 214 && !RESERVED_NAMES.includes(name)) return whole
  const suggestion = name
    .toLowerCase()
    .replaceAll(/[^a-z\d~.-]+/g, '-')
    .replaceAll(/^[-._]+|-+$/g, '')
    .slice(0, 214)
  const hint = VALID_NAME.test(suggestion) && suggestion !== name ? `, for example '${suggestion}'` : ''
  throw new CommandError(
    `'${name}' cannot be the name of a package: use lower-case letters, digits, '-', '.' and '_'${hint}`,
    2,
  )
}

/**
 * Checks that a folder does not exist or is empty. A .git folder may be inside.
 *
 * @throws CommandError otherwise.
 */
export function checkEmpty(folder: string): void {
  const [first, ...others] = entriesOf(folder).filter((entry) => entry !== '.git')
  if (first === undefined) return
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  throw new CommandError(
    `the folder '${folder}' is not empty: it contains ${first}${more}. Choose another one.`,
    1,
  )
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw new CommandError(code === 'ENOTDIR' ? `'${folder}' is a file, not a folder` : message, 1)
  }
}

/**
 * Writes all files, or none: what has been written is removed if one cannot be written.
 *
 * @throws CommandError if a file cannot be written.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  const created: string[] = []
  const create = (path: string | undefined) => path !== undefined && created.push(path)
  // With a listener, these signals do not end the process. It is done in a moment.
  const ignore = () => {}
  for (const signal of SIGNALS) process.on(signal, ignore)
  try {
    create(mkdirSync(folder, { recursive: true }))
    for (const [path, text] of files) {
      const file = join(folder, path)
      create(mkdirSync(dirname(file), { recursive: true }))
      // Fails if the file exists: somebody else has written it since the folder was checked.
      closeSync(openSync(file, 'wx', SECRET_FILES.includes(path) ? 0o600 : undefined))
      created.push(file)
      writeFileSync(file, text)
    }
  } catch (error) {
    for (const path of created.reverse()) rmSync(path, { recursive: true, force: true })
    throw new CommandError(`nothing was created: ${(error as Error).message}`, 1)
  } finally {
    for (const signal of SIGNALS) process.off(signal, ignore)
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
