/**
 * Bundles the code of a package as it is published: each entry is one file, with shared code in `chunks/`. Importing a file
 * takes about half a millisecond, and some packages have a hundred.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { homeOf, sourcesOf } from './sources.ts'

/** Returns whether a package can be bundled: not if its code looks for files next to its own. */
export function canBundle(folder: string): boolean {
  const source = join(homeOf(folder), 'src')
  return sourcesOf(folder).every((file) => !readFileSync(join(source, file), 'utf8').includes('import.meta'))
}

/**
 * Entries that most programs import together. Their code is one file, and each of them exports its part of it: otherwise
 * there is a chunk for each combination of entries that share code.
 */
const together: Readonly<Record<string, readonly string[]>> = {
  core: ['src/index.ts', 'src/gateway.ts', 'src/http.ts', 'src/options.ts'],
  server: ['src/index.ts', 'src/listen.ts', 'src/process.ts'],
}

/**
 * Replaces the modules in a built package. The types stay as they are.
 *
 * @param home The folder of the built package, with `dist/` and, for the paths in source maps, `src/`.
 * @param esbuild The path of esbuild's command.
 */
export function bundle(folder: string, home: string, esbuild: string): void {
  for (const file of globSync('dist/**/*.{js,js.map}', { cwd: home })) rmSync(join(home, file))
  const joined = together[folder] ?? []
  const entries = entriesOf(folder).filter((entry) => !joined.includes(entry))
  if (joined.length > 0) entries.push(joinEntries(joined, home, esbuild))
  const format = ['--bundle', '--splitting', '--format=esm', '--platform=node', '--target=es2024']
  // At run time, a `#name` is another module on each runtime.
  const external = ['--packages=external', '--external:#*']
  // A bundler of the application cannot tell that reading the property has no effect.
  const constants = ['--define:Number.POSITIVE_INFINITY=Infinity']
  const maps = ['--sourcemap', '--sources-content=false']
  const output = [
    '--outbase=src',
    '--outdir=dist',
    '--chunk-names=chunks/[name]-[hash]',
    '--log-level=warning',
  ]
  execFileSync(esbuild, [...entries, ...format, ...external, ...constants, ...maps, ...output], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (joined.length > 0) rmSync(join(home, JOINED))
}

const JOINED = 'src/joined.ts'

/** Writes a module that exports everything that the entries do, and what the entries import from its bundle. */
function joinEntries(entries: readonly string[], home: string, esbuild: string): string {
  let source = ''
  for (const [index, [entry, names]] of exportsOf(entries, home, esbuild).entries()) {
    // Two entries may use one name for different things.
    const joined = names.map((name) => [name, `$${index}_${name}`])
    source += `export { ${joined.map(([name, alias]) => `${name} as ${alias}`)} } from './${relative('src', entry)}'\n`
    const published = `export { ${joined.map(([name, alias]) => `${alias} as ${name}`)} } from './joined.js'\n`
    writeFileSync(join(home, builtFile(entry)), published)
  }
  writeFileSync(join(home, JOINED), source)
  return JOINED
}

/** Returns the names of the values that entries export. Writes files that are replaced. */
function exportsOf(
  entries: readonly string[],
  home: string,
  esbuild: string,
): [entry: string, names: string[]][] {
  const metafile = 'dist/exports.json'
  const format = ['--bundle', '--format=esm', '--packages=external', '--external:#*', '--log-level=warning']
  const output = ['--outbase=src', '--outdir=dist', `--metafile=${metafile}`]
  execFileSync(esbuild, [...entries, ...format, ...output], { cwd: home })
  const { outputs } = JSON.parse(readFileSync(join(home, metafile), 'utf8'))
  rmSync(join(home, metafile))
  return entries.map((entry) => [entry, outputs[builtFile(entry)].exports])
}

/** Returns the file that is built from a source: `dist/index.js` from `src/index.ts`. */
function builtFile(source: string): string {
  return join('dist', relative('src', source)).replace(/\.ts$/, '.js')
}

/** Returns the source files that a package exports, or imports as `#name`. */
function entriesOf(folder: string): string[] {
  const { exports, imports = {} } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
  const variants = Object.values<Record<string, string>>(imports).flatMap((each) => Object.values(each))
  const files = [...Object.values<string>(exports), ...variants]
  return [...new Set(files.map((file) => file.replace(/^\.\//, '')))]
}
