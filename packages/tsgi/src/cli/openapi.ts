import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire, findPackageJSON } from 'node:module'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadApplication } from '../app/load-application.ts'
import { applicationFile } from '../config/application-file.ts'
import { CommandError } from '../console/command-error.ts'
import { parseCommandLine } from '../console/command-line.ts'
import { reserveOutput } from '../console/print-result.ts'

export const usage = `tsgi openapi [FILE] [options]

Prints the OpenAPI document of the application that FILE exports as 'default' or as 'application'. Without FILE, it is 'app'
in tsgi.config.ts. The title and the version are those in package.json. Routes without args and without a description, such
as pages, are left out. @tsgi/args must be installed.

  --all         also routes without args and without a description
  --out PATH    the file that the document is written to (default: standard output)
`

/** The part of `@tsgi/args` that makes documents. */
interface Documents {
  openapi(app: unknown, options: DocumentOptions): object
  undescribedSchemas(app: unknown): string[]
}

interface DocumentOptions {
  readonly title: string
  readonly version: string
  readonly filter: (route: { pattern: string; method: string; isDescribed: boolean }) => boolean
}

/** `tsgi openapi`: prints the OpenAPI document of an application. */
export async function run(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseCommandLine('openapi', args, {
    all: { type: 'boolean' },
    out: { type: 'string' },
  })
  const { all = false, out } = values as { all?: boolean; out?: string }
  const print = reserveOutput()
  const file = await applicationFile('openapi', positionals)
  const application = await loadApplication(file)
  const { openapi, undescribedSchemas } = await loadDocuments(file)
  const leftOut: string[] = []
  const filter: DocumentOptions['filter'] = ({ pattern, method, isDescribed }) => {
    if (all || isDescribed) return true
    leftOut.push(`${method === '*' ? '' : `${method} `}${pattern}`)
    return false
  }
  let document: object
  try {
    document = openapi(application, { ...infoOf(file), filter })
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new CommandError(`${file}: ${cause.message}`, 1, { cause })
  }
  for (const name of undescribedSchemas(application)) {
    process.stderr.write(`tsgi: ${name} is documented as {}, because its library has no JSON Schema for it\n`)
  }
  if (leftOut.length > 0) {
    process.stderr.write(
      `tsgi: left out, because they have no args and no description: ${leftOut.join(', ')}\n`,
    )
  }
  const json = `${JSON.stringify(document, undefined, 2)}\n`
  if (out !== undefined) await write(out, json)
  await print(out === undefined ? json : '')
}

/** Imports the `@tsgi/args` that the application uses. */
async function loadDocuments(file: string): Promise<Documents> {
  let path: string
  try {
    path = createRequire(resolve(file)).resolve('@tsgi/args')
  } catch (cause) {
    throw new CommandError(`${file}: @tsgi/args is not installed. Run: npm install @tsgi/args`, 1, { cause })
  }
  return import(pathToFileURL(path).href)
}

function infoOf(file: string): { title: string; version: string } {
  const manifest = findPackageJSON(pathToFileURL(resolve(file)))
  const { name, version } = manifest === undefined ? {} : JSON.parse(readFileSync(manifest, 'utf8'))
  return { title: name || basename(file), version: version || '0.0.0' }
}

async function write(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content)
  } catch (cause) {
    throw new CommandError(`--out: ${(cause as Error).message}`, 1, { cause })
  }
}
