import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { pathToFileURL } from 'node:url'
import { CommandError } from '../console/command-error.ts'

/** Returns an error without a stack if Node could not load a module, as opposed to an error that the module threw. */
export function explainLoadFailure(error: unknown, file: string): CommandError | undefined {
  return explainCommonJs(error) ?? explainUnloadable(error, file)
}

function explainUnloadable(error: unknown, file: string): CommandError | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined
  const [text = '', ...frames] = error.stack.split(/^ {4}at /m)
  const caller = frames.findIndex((frame) => frame.includes(import.meta.dirname))
  const thrown = caller === -1 ? frames : frames.slice(0, caller)
  if (thrown.some((frame) => !frame.includes('node:'))) return undefined
  const reason = WRONG_FILES[(error as NodeJS.ErrnoException).code ?? ''] ?? ''
  const isSyntax = error instanceof SyntaxError
  const problem = isSyntax ? `\n\n${locate(text.trim(), file)}` : ` ${error.message}`
  return new CommandError(`${file} cannot be loaded${reason}:${problem}`, 1, { cause: error })
}

/** Adds the line of code to a syntax error. Node only shows it for TypeScript, or if it checks a file by itself. */
function locate(text: string, file: string): string {
  if (!text.startsWith('SyntaxError')) return text
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' })
  return stderr === '' ? text : stderr.slice(0, stderr.search(/\n {4}at |$/))
}

/** The reasons why a file is not a module, by the code of Node's error. */
const WRONG_FILES: Readonly<Record<string, string>> = {
  ERR_UNKNOWN_FILE_EXTENSION: ', because Node only loads JavaScript and TypeScript without JSX',
  ERR_IMPORT_ATTRIBUTE_MISSING: ', because JSON is not an application',
}

/**
 * Returns an error with a fix if a file was loaded as CommonJS because of the `"type"` in its package.json, but has the
 * syntax of an ES module.
 */
function explainCommonJs(error: unknown): CommandError | undefined {
  if (!(error instanceof SyntaxError) || !esmSyntax.test(error.message)) return undefined
  // Node puts the file and the line of a syntax error in front of the stack.
  const [, file, extension] = /^(.+\.([jt]s)):\d+\n/.exec(error.stack ?? '') ?? []
  const manifest = file === undefined ? undefined : findPackageJSON(pathToFileURL(file))
  if (manifest === undefined || JSON.parse(readFileSync(manifest, 'utf8')).type !== 'commonjs')
    return undefined
  return new CommandError(
    `${file} has the syntax of an ES module, but ${manifest} has "type": "commonjs". ` +
      `Set "type": "module" there, or rename the file to end in .m${extension}`,
    1,
    { cause: error },
  )
}

/** V8's messages about syntax that is only allowed in ES modules. */
const esmSyntax =
  /^Cannot use (?:import statement|'import\.meta') outside a module|^Unexpected token 'export'|^await is only valid in /
