/** Creates a project as a user of a package manager does. */
import type { Shell } from './shell.ts'

/** The command of each package manager, to which a folder and options are added. */
export const createCommands = {
  npm: 'npm create tsgi@latest',
  pnpm: 'pnpm create tsgi@latest',
  yarn: 'yarn create tsgi',
  bun: 'bun create tsgi@latest',
} as const

export type Creator = keyof typeof createCommands

/** Creates a project and enters its folder; returns what the command has printed. */
export async function createProject(shell: Shell, manager: Creator, kind: string): Promise<string> {
  const separator = manager === 'npm' ? ' --' : ''
  const output = await shell.run(`${createCommands[manager]} app${separator} --kind ${kind}`)
  await shell.run('cd app')
  return output
}

/** Installs a project, checks its types and runs its tests; returns the report of the tests. */
export async function installAndTest(shell: Shell, manager: Creator): Promise<string> {
  await shell.run(`${manager} install`)
  await shell.run(`${manager} run types`)
  return shell.run(`${manager} run test`)
}
