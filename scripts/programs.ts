/**
 * Programs that tests run against and npm does not have. Where one is not installed, its tests do not run and the test
 * run says so; under CI that is an error.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Program {
  /** The command, or the file that says that it is there. */
  readonly file: string
  /** Debian's package. */
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
 * Where the program is; undefined where it is not installed. For `describe.runIf(requireProgram('nginx'))`.
 *
 * @throws Error where it is not installed, under CI.
 */
export function requireProgram(name: ProgramName): string | undefined {
  const path = find(programs[name].file)
  if (path === undefined && process.env.CI === 'true')
    throw new Error(`${name} is not installed: ${advice([name])}`)
  return path
}

/** One line on the tests that did not run, and how to have them run; undefined where all did. */
export function missingPrograms(): string | undefined {
  const missing = (Object.keys(programs) as ProgramName[]).filter(
    (name) => find(programs[name].file) === undefined,
  )
  return missing.length === 0
    ? undefined
    : `Not run: the tests with ${missing.join(', ')} (${advice(missing)})`
}

function advice(names: readonly ProgramName[]): string {
  const packages = new Set(names.map((name) => programs[name].debian))
  return `apt-get install --no-install-recommends ${[...packages].join(' ')}`
}

/** Debian has servers where a user's PATH does not look. */
function find(file: string): string | undefined {
  if (file.startsWith('/')) return existsSync(file) ? file : undefined
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path))
}
