import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type KindName, kinds } from './kinds.ts'
import { fillManifest, templateVersions } from './manifest.ts'
import { type PackageManager, translateCommands } from './package-managers.ts'
import { selectRegions } from './regions.ts'

/** Describes a project. */
export interface ProjectOptions {
  /** The name of its package, which may have a scope. */
  readonly name: string
  /** What it is. */
  readonly kind: KindName
  /** The names of its pieces; all of its kind by default. */
  readonly pieces?: readonly string[]
  /** The package manager of its commands and its Dockerfile; `npm` by default. */
  readonly packageManager?: PackageManager
  /** Version ranges by package name; those that the templates have been tested with by default. */
  readonly versions?: Readonly<Record<string, string>>
}

/**
 * Returns the files of a project by their paths, without writing them.
 *
 * @throws TypeError if there is no such kind, or it has no such piece.
 * @example
 * ```ts
 * import { projectFiles } from 'create-tsgi'
 *
 * const files = projectFiles({ name: 'shop', kind: 'api', pieces: ['cors'], packageManager: 'pnpm' })
 * files.has('src/app.ts') // => true
 * files.get('README.md')?.includes('pnpm run dev') // => true
 * JSON.parse(files.get('package.json') ?? '').name // => 'shop'
 * ```
 */
export function projectFiles(options: ProjectOptions): Map<string, string> {
  const { name, kind, packageManager = 'npm', versions = templateVersions() } = options
  if (!Object.hasOwn(kinds, kind)) {
    throw new TypeError(`projectFiles: kind must be one of ${Object.keys(kinds).join(', ')}, got '${kind}'`)
  }
  const { templates, pieces } = kinds[kind]
  const chosen = options.pieces ?? Object.keys(pieces)
  for (const piece of chosen) {
    if (!Object.hasOwn(pieces, piece)) throw new TypeError(noSuchPiece(kind, piece))
  }
  const left = Object.keys(pieces).filter((piece) => !chosen.includes(piece))
  const leftFiles = new Set(left.flatMap((piece) => pieces[piece]!.files))
  const leftPackages = new Set(left.flatMap((piece) => pieces[piece]!.packages))
  const applies = new Set([...chosen, kind, packageManager])

  const files = new Map<string, string>()
  for (const template of templates) {
    for (const [path, text] of templateFiles(template)) {
      if (leftFiles.has(path)) continue
      const selected = selectRegions(text, (region) => applies.has(region))
      // The README of a middleware says how to install it. Elsewhere, as in the name of a Docker image, a scope is invalid.
      const title = path === 'README.md' ? name : name.replace(/^@[^/]*\//, '')
      const named = translateCommands(selected, packageManager).replaceAll('my-app', () => title)
      files.set(path, named)
    }
  }
  const isNeeded = (packageName: string) => !leftPackages.has(packageName)
  files.set('package.json', fillManifest(files.get('package.json')!, name, isNeeded, versions))
  return files
}

/** Says which pieces a kind has. */
export function noSuchPiece(kind: KindName, piece: string): string {
  const names = Object.keys(kinds[kind].pieces)
  const possible = names.length === 0 ? 'it has none' : `choose from ${names.join(', ')}`
  return `--kind ${kind} has no piece '${piece}': ${possible}`
}

/** Returns the files in a folder of templates. npm does not publish a .gitignore, so there it is called _gitignore. */
function templateFiles(template: string): [path: string, text: string][] {
  const folder = fileURLToPath(new URL(`../templates/${template}`, import.meta.url))
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name)
      const path = relative(folder, file)
        .replaceAll('\\', '/')
        .replace(/^_gitignore$/, '.gitignore')
      return [path, readFileSync(file, 'utf8')]
    })
}
