import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Application } from '@tsgi/core'
import type { ServeSettings } from '../config/settings.ts'
import { CommandError } from '../console/command-error.ts'
import { answerHealth, type Health } from './health.ts'

/** Loads the application of the settings, behind the health check. */
export async function loadServed(settings: ServeSettings, health: Health): Promise<Application> {
  const application = await loadApplication(settings.app)
  return settings.health === undefined ? application : answerHealth(application, settings.health, health)
}

/**
 * Imports a module and returns its application: the export `default`, or `application`.
 *
 * @throws CommandError if the file does not exist or exports neither as a function; whatever the module throws.
 */
export async function loadApplication(file: string): Promise<Application> {
  const path = resolve(file)
  try {
    await access(path)
  } catch (cause) {
    throw new CommandError(`${file}: there is no such file`, 1, { cause })
  }
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href)
  for (const name of ['default', 'application']) {
    const value = module[name]
    if (typeof value === 'function') return value as Application
  }
  const found = Object.keys(module).map((name) => `${name} (${typeof module[name]})`)
  throw new CommandError(
    `${file}: the module must export a function as 'default' or 'application'; ${
      found.length === 0 ? 'it exports nothing' : `it exports ${found.join(', ')}`
    }`,
    1,
  )
}
