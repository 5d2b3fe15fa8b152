import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Application } from '@tsgi/core'
import type { GatewayLifecycle } from '@tsgi/core/gateway'
import type { ServeSettings } from '../config/settings.ts'
import { CommandError } from '../console/command-error.ts'
import { explainLoadFailure } from './explain-load-failure.ts'
import { applicationOf, type Exports, lifecycleOf } from './exported-application.ts'
import { type Health, healthCheck } from './health.ts'

/** An application and its resources. */
export interface Loaded {
  readonly application: Application
  readonly lifecycle?: GatewayLifecycle | undefined
}

/** Loads the application of the settings, behind the health check, and its resources. */
export async function loadServed(settings: ServeSettings, health: Health): Promise<Loaded> {
  const { app, health: path } = settings
  const module = await loadModule(app)
  const application = await applicationOf(module, app)
  const lifecycle = await lifecycleOf(module, app)
  health.lifecycle = lifecycle
  return { application: path === undefined ? application : healthCheck(application, path, health), lifecycle }
}

/**
 * Imports a module and returns the application that it exports.
 *
 * @throws CommandError if the file does not exist, cannot be loaded, or exports no application; any error that the module throws.
 */
export async function loadApplication(file: string): Promise<Application> {
  return applicationOf(await loadModule(file), file)
}

async function loadModule(file: string): Promise<Exports> {
  const path = resolve(file)
  let isFolder: boolean
  try {
    isFolder = (await stat(path)).isDirectory()
  } catch (cause) {
    throw new CommandError(`${file}: there is no such file`, 1, { cause })
  }
  if (isFolder) throw new CommandError(`${file}: this is a folder, name the file of an application`, 1)
  return importModule(path, file)
}

async function importModule(path: string, file: string): Promise<Exports> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw explainLoadFailure(error, file) ?? error
  }
}
