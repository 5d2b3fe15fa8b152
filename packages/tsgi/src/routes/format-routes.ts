/** A route in the list that an application's method `routes()` returns. */
export interface Route {
  readonly method: string
  readonly pattern: string
  readonly application: unknown
}

/** Whether the application has a method `routes()`. */
export function hasRoutes(application: unknown): application is { routes(): readonly Route[] } {
  return typeof (application as { readonly routes?: unknown }).routes === 'function'
}

/** Formats routes as a table. */
export function formatRoutes(routes: readonly Route[]): string {
  const rows = routes.map((route) => [route.method, route.pattern, nameOf(route)])
  const table = [['METHOD', 'PATTERN', 'APPLICATION'], ...rows]
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]!.length)))
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

/** Returns a function that prints a table, unless it is the same as the one before. */
export function printChanges(): (table?: string) => void {
  let printed = ''
  return (table = '') => {
    if (table === '' || table === printed) return
    printed = table
    process.stdout.write(table)
  }
}

/** Returns the name of a route's application, or `''` if it only repeats its key in the table. */
export function nameOf({ method, pattern, application }: Route): string {
  const { name } = application as { readonly name?: unknown }
  return typeof name !== 'string' || name === method || pattern.endsWith(name) ? '' : name
}
