import type { ServeSettings } from '../config/settings.ts'
import type { Health } from './health.ts'
import { type Loaded, loadServed } from './load-application.ts'

/** How a worker loads an application. */
export interface Loading {
  /** Set in development, with the problem that a stand-in for the application shows. */
  readonly development: { readonly problem?: string | undefined } | undefined
  /** In development, called for each file that is loaded. */
  readonly onLoad: (file: string) => void
  /** In development, called before the application is loaded. Call `fail` with exceptions that nothing catches. */
  readonly onStart: (fail: (error: unknown) => void) => void
}

/** Loads what a worker serves, and in development formats its routes. */
export async function loadForWorker(
  settings: ServeSettings,
  health: Health,
  { development, onLoad, onStart }: Loading,
): Promise<Loaded & { readonly routes: string }> {
  if (development === undefined) return { ...(await loadServed(settings, health)), routes: '' }
  const { loadForDevelopment, showProblem } = await import('./development.ts')
  const { problem } = development
  if (problem !== undefined) return { application: showProblem(problem), routes: '' }
  const { promise: failed, reject } = Promise.withResolvers<never>()
  onStart(reject)
  return loadForDevelopment(settings.app, () => Promise.race([loadServed(settings, health), failed]), onLoad)
}
