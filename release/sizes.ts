/**
 * The size of each entry of the packages as a bundle: minified, with the dependencies, without @tsgi/core and the other
 * peers. `pnpm sizes` writes the budgets to sizes.json.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { homeOf, packageFolders } from '../scripts/sources.ts'

/** The budgets, in bytes by entry. */
export const budgetsFile: string = join(import.meta.dirname, 'sizes.json')

/** Sizes that a README promises. */
const promised: Readonly<Record<string, number>> = { '@tsgi/client': 2000 }

const esbuild = join(import.meta.dirname, 'node_modules/.bin/esbuild')

/** Measures all entries; returns bytes by entry. */
export function measureSizes(): Record<string, number> {
  return Object.assign({}, ...packageFolders.map(sizesOf))
}

function sizesOf(folder: string): Record<string, number> {
  const home = homeOf(folder)
  const {
    name,
    exports,
    peerDependencies = {},
  } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const scratch = mkdtempSync(join(tmpdir(), 'tsgi-sizes-'))
  try {
    const metafile = join(scratch, 'meta.json')
    const external = Object.keys(peerDependencies).flatMap((peer) => [
      `--external:${peer}`,
      `--external:${peer}/*`,
    ])
    const format = ['--bundle', '--minify', '--format=esm', '--platform=node', '--log-level=error']
    const output = [`--outdir=${scratch}`, `--outbase=src`, `--metafile=${metafile}`]
    execFileSync(esbuild, [...Object.values<string>(exports), ...format, ...output, ...external], {
      cwd: home,
    })
    const { outputs } = JSON.parse(readFileSync(metafile, 'utf8'))
    const bytes = new Map(
      Object.values<{ entryPoint?: string; bytes: number }>(outputs).map((each) => [
        each.entryPoint,
        each.bytes,
      ]),
    )
    const sizes = Object.entries<string>(exports).map(([entry, source]) => [
      join(name, entry),
      bytes.get(source.replace('./', '')),
    ])
    return Object.fromEntries(sizes)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

if (import.meta.main) {
  const sizes = Object.entries(measureSizes())
  // Room for changes that nobody has to think about; the test says when a budget has become too large.
  const budgets = sizes.map(([entry, size]) => [
    entry,
    promised[entry] ?? Math.ceil((size * 1.2) / 100) * 100,
  ])
  writeFileSync(budgetsFile, `${JSON.stringify(Object.fromEntries(budgets), undefined, 2)}\n`)
}
