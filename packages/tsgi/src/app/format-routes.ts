/** One route, as an application with a method `routes()` lists it. */
export interface Route {
  readonly method: string
  readonly pattern: string
  readonly application: unknown
}

/** Whether the application can list its routes. */
export function hasRoutes(application: unknown): application is { routes(): readonly Route[] } {
  return typeof (application as { readonly routes?: unknown }).routes === 'function'
}

/** The routes as a table in text. */
export function formatRoutes(routes: readonly Route[]): string {
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
