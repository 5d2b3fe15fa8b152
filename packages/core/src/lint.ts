import type { Middleware } from './application.ts'
export class LintError extends Error {
  override readonly name = 'LintError'
}
export const lint: Middleware = (app) => app
