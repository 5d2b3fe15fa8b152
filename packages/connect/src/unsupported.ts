import type { ErrorLog } from '@tsgi/core'

const reported = new Set<string>()

/** Reports, once per process, that a method of Node's response has no effect. */
export function reportUnsupported(method: string, errors: ErrorLog): void {
  if (reported.has(method)) return
  reported.add(method)
  errors.write(new Error(`${method} has no effect behind connect(): a Response cannot carry it`))
}
