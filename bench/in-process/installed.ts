import { existsSync, globSync, lstatSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Manifest {
  name: string
  files?: string[]
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

export interface Installed {
  bytes: number
  packages: number
}

/** Returns the size of these packages and all their dependencies: bytes of the files, not disk blocks. */
export function installed(names: readonly string[], from: string): Installed {
  const homes = new Set<string>()
  for (const name of names) collect(name, from, homes)
  const bytes = [...homes].reduce((sum, home) => sum + bytesOf(home), 0)
  return { bytes, packages: homes.size }
}

function collect(name: string, from: string, homes: Set<string>): void {
  const home = find(name, from)
  if (homes.has(home)) return
  homes.add(home)
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(home)
  const peers = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional)
  for (const dependency of [...Object.keys(dependencies), ...peers]) collect(dependency, home, homes)
}

/** Returns the folder where Node finds a package. */
function find(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name)
    if (existsSync(home)) return realpathSync(home)
    if (folder === dirname(folder)) throw new Error(`${name} is not installed for ${from}`)
  }
}

/** Returns the published files of a package of ours, or all files of another package. */
function bytesOf(home: string): number {
  const { name, files = [] } = manifestOf(home)
  const published = name.startsWith('@tsgi/')
    ? ['package.json', 'README.md', ...files.map((file) => (file.includes('.') ? file : `${file}/**`))]
    : ['**']
  const paths = globSync(
    published.filter((path) => !path.startsWith('!')),
    {
      cwd: home,
      exclude: (path) => path === 'node_modules' || path.endsWith('.test.ts'),
    },
  )
  return paths.reduce((sum, path) => {
    const stats = lstatSync(join(home, path))
    return stats.isFile() ? sum + stats.size : sum
  }, 0)
}

function manifestOf(home: string): Manifest {
  return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
}
