import { loadApplication } from '../app/load-application.ts'
import { applicationFile } from '../config/application-file.ts'
import { CommandError } from '../console/command-error.ts'
import { parseCommandLine } from '../console/command-line.ts'
import { reserveOutput } from '../console/print-result.ts'
import { formatRoutes, hasRoutes } from '../routes/format-routes.ts'

export const usage: string = `tsgi routes [FILE]

Prints the routes of the application that FILE exports as 'default' or as 'application'. Without FILE, it is
'app' in tsgi.config.ts.
`

/** `tsgi routes`: prints the routes that the application's method `routes()` lists. */
export async function run(args: readonly string[]): Promise<void> {
  const { positionals } = parseCommandLine('routes', args)
  const print = reserveOutput()
  const file = await applicationFile('routes', positionals)
  const application = await loadApplication(file)
  if (!hasRoutes(application)) {
    throw new CommandError(
      `${file}: the application has no method routes(); a router of @tsgi/router has one`,
      1,
    )
  }
  await print(formatRoutes(application.routes()))
}
