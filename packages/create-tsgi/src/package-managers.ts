/** The package managers that a project can use. */
export const packageManagers = ['npm', 'pnpm', 'yarn', 'bun'] as const

/** The name of a package manager. */
export type PackageManager = (typeof packageManagers)[number]

/** Returns the package manager that runs this program, or npm. */
export function runningPackageManager(userAgent: string | undefined): PackageManager {
  const name = userAgent?.split('/')[0]
  return packageManagers.find((each) => each === name) ?? 'npm'
}

/** Writes the commands of npm in a text as those of another package manager. */
export function translateCommands(text: string, packageManager: PackageManager): string {
  return text.replaceAll(/\bnpm (?=run |install$)/gm, `${packageManager} `)
}
