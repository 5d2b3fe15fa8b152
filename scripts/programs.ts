/**
 * Programs that slow tests run against and npm does not provide. If one is missing, its tests do not run and a warning
 * says how to install it. Under CI, a missing program is an error.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Program {
  /** The command, or the absolute path of a file that only exists if the program is installed. */
  readonly file: string
  /** The Debian package. */
  readonly debian: string
}

const programs = {
  nginx: { file: 'nginx', debian: 'nginx' },
  apache2: { file: 'apache2', debian: 'apache2-bin' },
  haproxy: { file: 'haproxy', debian: 'haproxy' },
  uwsgi: { file: 'uwsgi', debian: 'uwsgi-core' },
  'uwsgi-python3': { file: '/usr/lib/uwsgi/plugins/python3_plugin.so', debian: 'uwsgi-plugin-python3' },
  'redis-server': { file: 'redis-server', debian: 'redis-server' },
  'systemd-analyze': { file: 'systemd-analyze', debian: 'systemd' },
  'systemd-socket-activate': { file: 'systemd-socket-activate', debian: 'systemd' },
} as const satisfies Record<string, Program>

export type ProgramName = keyof typeof programs

/**
 * Returns the path of a program, or undefined if it is not installed: `describe.runIf(requireProgram('nginx'))`.
 *
 * @throws Error if the program is not installed and `CI` is `true`.
 */
export function requireProgram(name: ProgramName): string | undefined {
  const { file, debian } = programs[name]
  const path = find(file)
  if (path !== undefined) return path
  const message = `${name} is not installed: apt-get install --no-install-recommends ${debian}`
  if (process.env.CI === 'true') throw new Error(message)
  console.warn(`Tests not run: ${message}`)
  return undefined
}

/** Debian installs servers in folders that are not on a user's PATH. */
function find(file: string): string | undefined {
  if (file.startsWith('/')) return existsSync(file) ? file : undefined
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path))
}
