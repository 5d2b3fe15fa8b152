/** A project of a user, in a folder of its own, that installs packages from the registry. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../scripts/sources.ts'

const own = (path: string) => join(import.meta.dirname, 'node_modules', path)
const fromRoot = (path: string) => join(root, 'node_modules', path)

/** The command with which each package manager adds packages. */
export const managers = {
  npm: ['npm', 'install'],
  'npm --legacy-peer-deps': ['npm', 'install', '--legacy-peer-deps'],
  pnpm: [fromRoot('.bin/pnpm'), 'add'],
  yarn: [process.execPath, own('yarn/bin/yarn.js'), 'add', '--non-interactive'],
  bun: [own('bun/bin/bun.exe'), 'add'],
} as const satisfies Record<string, readonly [string, ...string[]]>

/** The runtimes, by name. */
export const runtimes = {
  'Node 22.18': own('node-22/bin/node'),
  'Node 24': process.execPath,
  'Node 26': own('node-26/bin/node'),
  Bun: own('bun/bin/bun.exe'),
} as const

/** Packages that need Node, as their READMEs say. */
const nodeOnly = ['proxy', 'tsgi']

/** Reports whether a package runs on a runtime. */
export function runsOn(folder: string, runtime: keyof typeof runtimes): boolean {
  return runtime !== 'Bun' || !nodeOnly.includes(folder)
}

/** The compilers, by version. */
export const compilers = {
  '5.9': own('typescript-5.9/bin/tsc'),
  '6': own('typescript-6/bin/tsc'),
  '7': fromRoot('typescript/bin/tsc'),
} as const

/** How a project finds modules. */
export const resolutions = {
  nodenext: ['--module', 'nodenext'],
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
} as const

/** Returns the keys of an object, typed. */
export function keysOf<Key extends string>(object: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(object) as Key[]
}

const run = promisify(execFile)

export class Consumer {
  readonly #folder: string
  readonly #env: NodeJS.ProcessEnv

  /** @param scratch The folder of all consumers, which share their caches. */
  constructor(scratch: string, name: string, registry: string) {
    this.#folder = join(scratch, name)
    mkdirSync(this.#folder, { recursive: true })
    this.write(
      'package.json',
      '{ "name": "consumer", "version": "0.0.0", "type": "module", "private": true }\n',
    )
    this.#env = environment(scratch, registry)
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.#folder, file), text)
  }

  async install(manager: keyof typeof managers, packages: readonly string[]): Promise<void> {
    const [command, ...args] = managers[manager]
    await this.#run(command, [...args, ...packages])
  }

  /** Checks the types of files and of the declarations that they import, without those of the DOM. */
  async typeCheck(
    compiler: keyof typeof compilers,
    resolution: keyof typeof resolutions,
    files: readonly string[],
  ): Promise<void> {
    this.#linkNodeTypes()
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', 'node']
    const language = ['--target', 'es2024', '--lib', 'es2024,esnext.disposable']
    await this.#run(process.execPath, [
      compilers[compiler],
      ...options,
      ...language,
      ...resolutions[resolution],
      ...files,
    ])
  }

  async run(runtime: keyof typeof runtimes, file: string): Promise<void> {
    await this.#run(runtimes[runtime], [file])
  }

  /** The test installs the types of Node once for all. */
  #linkNodeTypes(): void {
    const link = join(this.#folder, 'node_modules/@types/node')
    if (existsSync(link)) return
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(fromRoot('@types/node'), link)
  }

  async #run(command: string, args: readonly string[]): Promise<void> {
    try {
      await run(command, args, { cwd: this.#folder, env: this.#env, timeout: 120_000 })
    } catch (error) {
      const { stdout, stderr, message } = error as Error & { stdout: string; stderr: string }
      throw new Error(`${message}\n${stdout}${stderr}`)
    }
  }
}

/** Returns variables that make every package manager use the registry, and caches in the scratch folder. */
export function environment(scratch: string, registry: string): NodeJS.ProcessEnv {
  const cache = (name: string) => join(scratch, 'caches', name)
  mkdirSync(cache('home'), { recursive: true })
  return {
    PATH: [fromRoot('.bin'), process.env.PATH].join(delimiter),
    HOME: cache('home'),
    npm_config_registry: registry,
    npm_config_cache: cache('npm'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_yes: 'true',
    npm_config_store_dir: cache('pnpm'),
    YARN_CACHE_FOLDER: cache('yarn'),
    YARN_REGISTRY: registry,
    BUN_CONFIG_REGISTRY: registry,
    BUN_INSTALL_CACHE_DIR: cache('bun'),
    CI: 'true',
  }
}
