import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { pathToFileURL } from 'node:url'
import { CommandError } from '../console/command-error.ts'

/**
 * Returns an error with a fix if a file was loaded as CommonJS because of the `"type"` in its package.json, but has the
 * syntax of an ES module.
 */
export function explainCommonJs(error: unknown): CommandError | undefined {
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
