/** Copies the version in each package.json to the `version` constant of the package: part of `pnpm release`. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf, packageFolders } from './sources.ts'

for (const folder of packageFolders) {
  const { version } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
  for (const path of globSync('src/**/version.ts', { cwd: homeOf(folder) })) {
    const file = join(homeOf(folder), path)
    const source = readFileSync(file, 'utf8')
    writeFileSync(file, source.replace(/(?<=^export const version = ')[^']*/m, version))
  }
}
