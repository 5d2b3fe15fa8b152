/**
 * Installs our packages as they are published: built, without sources. In this repository they run from source, which makes
 * starting slower than it is for users.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bundle, canBundle } from '../../scripts/bundle.ts'
import { bench } from './contenders.ts'

/** Thrown if our packages do not build. */
export class BuildError extends Error {
  override name = 'BuildError'
}

const root = join(bench, '..')
const esbuild = join(bench, 'node_modules/.bin/esbuild')
let home: string | undefined

/**
 * Copies `contenders/tsgi` and the data of the works to a folder that is removed when this process ends.
 *
 * @throws BuildError with the output of the compiler.
 */
export function published(): string {
  home ??= publish()
  return home
}

function publish(): string {
  const home = mkdtempSync(join(tmpdir(), 'tsgi-bench-'))
  process.on('exit', () => rmSync(home, { recursive: true, force: true }))
  const modules = join(home, 'node_modules')
  const own = readdirSync(join(bench, 'node_modules/@tsgi'))
  build(own)
  for (const name of own) install(name, modules)
  for (const name of globSync(['*', '@*/*'], { cwd: join(bench, 'node_modules') })) {
    if (/^@[^/]+$/.test(name) || name.startsWith('@tsgi/')) continue
    link(join(bench, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  cpSync(join(bench, 'contenders/tsgi'), join(home, 'contenders/tsgi'), { recursive: true })
  for (const file of globSync('works/*-data.ts', { cwd: bench })) cpSync(join(bench, file), join(home, file))
  return home
}

function build(packages: readonly string[]): void {
  try {
    const projects = packages.map((name) => `packages/${name}/tsconfig.build.json`)
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['--build', ...projects], {
      cwd: root,
      encoding: 'utf8',
    })
  } catch (error) {
    throw new BuildError(`our packages do not build:\n${(error as { stdout: string }).stdout}`)
  }
}

/** Installs like `npm install`, without packing: with bundles, as in a release. */
function install(name: string, modules: string): void {
  const source = join(root, 'packages', name)
  const target = join(modules, '@tsgi', name)
  const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  mkdirSync(target, { recursive: true })
  cpSync(join(source, 'dist'), join(target, 'dist'), { recursive: true })
  if (canBundle(name)) {
    cpSync(join(source, 'src'), join(target, 'src'), { recursive: true })
    bundle(name, target, esbuild)
  }
  writeFileSync(join(target, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }))
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (dependency.startsWith('@tsgi/')) continue
    link(join(source, 'node_modules', dependency), join(target, 'node_modules', dependency))
  }
}

function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  symlinkSync(realpathSync(from), to)
}
