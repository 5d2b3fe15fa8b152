import { parseArgs } from 'node:util'
import { CommandError } from './command-error.ts'
import { loadApplication } from './load-application.ts'

export const routesUsage = `tsgi routes FILE

Prints the route table of the application that FILE exports as 'default' or 'application'.
`

/** One route, as an application with a method `routes()` lists it. */
interface Route {
  readonly method: string
  readonly pattern: string
  readonly application: unknown
}

/** `tsgi routes`: prints what the application's `routes()` lists. */
export async function commandRoutes(args: readonly string[]): Promise<void> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) {
    throw new CommandError(`routes takes one FILE, got ${positionals.length}`, 2)
  }
  const application = await loadApplication(file)
  if (!('routes' in application) || typeof application.routes !== 'function') {
    throw new CommandError(
      `${file}: the application has no routes() to list; one made by @tsgi/router has`,
      1,
    )
  }
  process.stdout.write(formatRoutes(application.routes() as readonly Route[]))
}

function formatRoutes(routes: readonly Route[]): string {
  const rows = routes.map((route) => [route.method, route.pattern, nameOf(route)])
  const table = [['METHOD', 'PATTERN', 'APPLICATION'], ...rows]
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]!.length)))
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

/** The application's name where it has one of its own: one written in a table is named after its key. */
function nameOf({ method, pattern, application }: Route): string {
  const { name } = application as { readonly name?: unknown }
  return typeof name !== 'string' || name === method || pattern.endsWith(name) ? '' : name
}
