/** `serve` on the engine under test. */
import type { CompleteApplication } from '@tsgi/core'
import { type Engine, type ServeOptions, type Server, serve as serveOn } from '../src/index.ts'

/** The engine under test: the Vitest project `engine` runs the tests on ours. */
export const engine = (process.env.TSGI_ENGINE ?? 'node') as Engine

export function serve<E extends object = object>(
  app: CompleteApplication<E>,
  options: ServeOptions = {},
): Promise<Server> {
  // Invalid options must stay invalid.
  return serveOn(app, Object(options) === options ? { engine, ...options } : options)
}
