/** The tarballs of the packages, as they are published. */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bundle, canBundle } from '../scripts/bundle.ts'
import { homeOf, packageFolders, root } from '../scripts/sources.ts'

export interface Tarball {
  /** The folder in packages/. */
  readonly folder: string
  readonly name: string
  readonly version: string
  /** The absolute path of the file. */
  readonly file: string
}

const bin = (command: string) => join(root, 'node_modules/.bin', command)

const esbuild = join(import.meta.dirname, 'node_modules/.bin/esbuild')

/** Builds the packages, and packs each into a file in a folder, with its code in bundles. */
export function packAll(destination: string): Tarball[] {
  for (const folder of packageFolders) removeStale(folder)
  execFileSync(bin('tsc'), ['--build', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
  // npm would not apply `publishConfig`, and so publish `exports` that lead to the sources.
  const options = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', destination]
  execFileSync(bin('pnpm'), options, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const packed = new Set(readdirSync(destination))
  return packageFolders.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
    if (!packed.has(file)) throw new Error(`pnpm did not pack ${file}`)
    if (canBundle(folder)) bundleTarball(folder, join(destination, file))
    return { folder, name, version, file: join(destination, file) }
  })
}

/** Bundles the code in a tarball. The built files in the repository stay as they are, because others may use them. */
function bundleTarball(folder: string, file: string): void {
  const unpacked = mkdtempSync(`${file}-`)
  try {
    execFileSync('tar', ['--extract', '--gzip', '--file', file, '--directory', unpacked])
    bundle(folder, join(unpacked, 'package'), esbuild)
    const files = globSync('package/**/*', { cwd: unpacked, withFileTypes: true })
    const paths = files
      .filter((each) => each.isFile())
      .map((each) => relative(unpacked, join(each.parentPath, each.name)))
    const options = ['--create', '--gzip', '--format=ustar', '--file', file, '--directory', unpacked]
    execFileSync('tar', [...options, ...paths.sort()])
  } finally {
    rmSync(unpacked, { recursive: true })
  }
}

/** Removes the built files of sources that do not exist any more, because they would be published. */
function removeStale(folder: string): void {
  const home = homeOf(folder)
  for (const path of globSync('dist/**/*.{js,ts,map}', { cwd: home })) {
    const source = path.replace(/^dist/, 'src').replace(/(?:\.d\.ts|\.js)(?:\.map)?$/, '.ts')
    if (!existsSync(join(home, source))) rmSync(join(home, path))
  }
}
