import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Application } from '@tsgi/core'
import type { ServeSettings } from '../config/settings.ts'
import { CommandError } from '../console/command-error.ts'
import { explainCommonJs } from './explain-commonjs.ts'
import { applicationOf, type Exports } from './exported-application.ts'
import { type Health, healthCheck } from './health.ts'

/** Loads the application of the settings, behind the health check. */
export async function loadServed(settings: ServeSettings, health: Health): Promise<Application> {
  const application = await loadApplication(settings.app)
  return settings.health === undefined ? application : healthCheck(application, settings.health, health)
}

/**
 * Imports a module and returns the application that it exports.
 *
 * @throws CommandError if the file does not exist, exports no application, or has ES module syntax where Node expects
 * CommonJS; any error that the module throws.
 */
export async function loadApplication(file: string): Promise<Application> {
  const path = resolve(file)
  let isFolder: boolean
  try {
    isFolder = (await stat(path)).isDirectory()
  } catch (cause) {
    throw new CommandError(`${file}: there is no such file`, 1, { cause })
  }
  if (isFolder) throw new CommandError(`${file}: this is a folder, name the file of an application`, 1)
  return applicationOf(await importModule(path), file)
}

async function importModule(path: string): Promise<Exports> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw explainCommonJs(error) ?? error
  }
}
