/**
 * Bundles the code of a package as it is published: each entry is one file, with shared code in `chunks/`. Importing a file
 * takes about half a millisecond, and some packages have a hundred.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { homeOf, sourcesOf } from './sources.ts'

/** Returns whether a package can be bundled: not if its code looks for files next to its own. */
export function canBundle(folder: string): boolean {
  const source = join(homeOf(folder), 'src')
  return sourcesOf(folder).every((file) => !readFileSync(join(source, file), 'utf8').includes('import.meta'))
}

/**
 * Replaces the modules in a built package. The types stay as they are.
 *
 * @param home The folder of the built package, with `dist/` and, for the paths in source maps, `src/`.
 * @param esbuild The path of esbuild's command.
 */
export function bundle(folder: string, home: string, esbuild: string): void {
  for (const file of globSync('dist/**/*.{js,js.map}', { cwd: home })) rmSync(join(home, file))
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
  execFileSync(esbuild, [...entriesOf(folder), ...format, ...external, ...constants, ...maps, ...output], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Returns the source files that a package exports, or imports as `#name`. */
function entriesOf(folder: string): string[] {
  const { exports, imports = {} } = JSON.parse(readFileSync(join(homeOf(folder), 'package.json'), 'utf8'))
  const variants = Object.values<Record<string, string>>(imports).flatMap((each) => Object.values(each))
  return [...new Set([...Object.values<string>(exports), ...variants])]
}
