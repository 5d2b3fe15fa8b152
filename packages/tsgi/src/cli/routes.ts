import { parseArgs } from 'node:util'
import { formatRoutes, hasRoutes } from '../app/format-routes.ts'
import { loadApplication } from '../app/load-application.ts'
import { CommandError } from '../console/command-error.ts'

export const usage = `tsgi routes FILE

Prints the route table of the application that FILE exports as 'default' or 'application'.
`

/** `tsgi routes`: prints what the application's `routes()` lists. */
export async function run(args: readonly string[]): Promise<void> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) {
    throw new CommandError(`routes takes one FILE, got ${positionals.length}`, 2)
  }
  const application = await loadApplication(file)
  if (!hasRoutes(application)) {
    throw new CommandError(
      `${file}: the application has no routes() to list; one made by @tsgi/router has`,
      1,
    )
  }
  process.stdout.write(formatRoutes(application.routes()))
}
