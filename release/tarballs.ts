/** The tarballs of the packages, as they are published. */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
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

/** Builds the packages, and packs each into a file in a folder. */
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
    return { folder, name, version, file: join(destination, file) }
  })
}

/** Removes the built files of sources that do not exist any more, because they would be published. */
function removeStale(folder: string): void {
  const home = homeOf(folder)
  for (const path of globSync('dist/**/*.{js,ts,map}', { cwd: home })) {
    const source = path.replace(/^dist/, 'src').replace(/(?:\.d\.ts|\.js)(?:\.map)?$/, '.ts')
    if (!existsSync(join(home, source))) rmSync(join(home, path))
  }
}
