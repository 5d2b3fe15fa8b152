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

export const usage = `tsgi openapi [FILE] [--out PATH]

Prints the OpenAPI document of the application that FILE exports as 'default' or as 'application'. Without FILE, it is 'app'
in tsgi.config.ts. Its title and version are the name and the version in package.json. @tsgi/args must be installed.

  --out PATH    the file that the document is written to (default: standard output)
`

/** The part of `@tsgi/args` that makes documents. */
interface Documents {
  openapi(app: unknown, options: { title: string; version: string }): object
  undescribedSchemas(app: unknown): string[]
}

/** `tsgi openapi`: prints the OpenAPI document of an application. */
export async function run(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseCommandLine('openapi', args, { out: { type: 'string' } })
  const print = reserveOutput()
  const file = await applicationFile('openapi', positionals)
  const application = await loadApplication(file)
  const { openapi, undescribedSchemas } = await loadDocuments(file)
  let document: object
  try {
    document = openapi(application, infoOf(file))
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new CommandError(`${file}: ${cause.message}`, 1, { cause })
  }
  for (const name of undescribedSchemas(application)) {
    process.stderr.write(`tsgi: ${name} is documented as {}, because its library has no JSON Schema for it\n`)
  }
  const json = `${JSON.stringify(document, undefined, 2)}\n`
  const { out } = values as { out?: string }
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
