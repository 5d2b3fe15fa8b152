import { spawnSync } from 'node:child_process'
import { CommandError } from './command-error.ts'
import type { PackageManager } from './package-managers.ts'

/**
 * Installs the packages of a project, and shows what the package manager prints.
 *
 * @throws CommandError if the package manager fails. The project is complete nevertheless.
 */
export function installPackages(folder: string, packageManager: PackageManager): void {
  console.log(`Created ${folder}. Installing its packages with ${packageManager}:\n`)
  const { status, signal, error } = spawnSync(packageManager, ['install'], {
    cwd: folder,
    stdio: 'inherit',
    // On Windows, package managers are scripts.
    shell: process.platform === 'win32',
  })
  if (status === 0) {
    console.log('')
    return
  }
  const reason = error?.message ?? (signal ? `it was ended by ${signal}` : `it exited with code ${status}`)
  throw new CommandError(
    `${packageManager} install failed: ${reason}. The project is complete: run it again in ${folder}`,
    signal === 'SIGINT' ? 130 : 1,
  )
}
