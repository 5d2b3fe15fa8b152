import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { homeOf, importsOf, packageFolders, resolveImport, root, sourcesOf } from './sources.ts'

/** What each package may depend on. A package depends only on packages below it. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  router: ['@tsgi/core', 'path-to-regexp'],
  args: ['@tsgi/core', 'cookie', 'path-to-regexp'],
  cookies: ['@tsgi/core', 'cookie', 'jose'],
  cors: ['@tsgi/core'],
  csrf: ['@tsgi/core'],
  'secure-headers': ['@tsgi/core'],
  session: ['@tsgi/core', '@tsgi/cookies'],
  templates: ['@tsgi/core', 'eta'],
  toolbox: ['@tsgi/core', 'ipaddr.js'],
  conditional: ['@tsgi/core'],
  compress: ['@tsgi/core'],
  http1: ['@tsgi/core'],
  uwsgi: ['@tsgi/core'],
  server: ['@tsgi/core', '@tsgi/http1', '@tsgi/uwsgi'],
  tsgi: ['@tsgi/core', '@tsgi/server', 'youch'],
  wsgi: ['@tsgi/core', '@tsgi/server'],
  connect: ['@tsgi/core'],
  auth: ['@tsgi/core', 'jose'],
  client: ['@tsgi/core', '@tsgi/router'],
  log: ['@tsgi/core'],
  telemetry: ['@opentelemetry/api', '@tsgi/core'],
  proxy: ['@tsgi/core', 'undici'],
  'rate-limit': ['@tsgi/core', 'ipaddr.js', 'rate-limiter-flexible'],
  websocket: ['@tsgi/core', 'ws'],
  static: ['@tsgi/core', 'content-disposition', 'mrmime', 'range-parser'],
  'create-tsgi': [],
}

/** The packages whose names have no scope, because they are commands. */
const commands = ['tsgi', 'create-tsgi']
/** What a package publishes in addition to its code. */
const extraFiles: Record<string, readonly string[]> = { core: ['SPEC.md'], 'create-tsgi': ['templates'] }

type Conditions = Record<string, string>
interface Manifest {
  name: string
  version: string
  description: string
  license: string
  repository: { type: string; url: string; directory: string }
  type: string
  sideEffects: boolean
  exports: Record<string, string>
  imports?: Record<string, Conditions>
  publishConfig: { access: string; exports: Record<string, Conditions>; imports?: Record<string, Conditions> }
  files: string[]
  engines: { node: string }
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional: boolean }>
}

describe.each(packageFolders)('packages/%s', (folder) => {
  const home = homeOf(folder)
  const name = commands.includes(folder) ? folder : `@tsgi/${folder}`
  const manifest: Manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))

  it('has the fields that every package has', () => {
    expect(manifest).toMatchObject({
      name,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringMatching(/^[A-Z].{20,}[^.]$/),
      license: 'MIT',
      repository: {
        type: 'git',
        url: 'git+https://github.com/tsgi/tsgi.git',
        directory: `packages/${folder}`,
      },
      type: 'module',
      sideEffects: false,
      publishConfig: { access: 'public' },
      files: [
        'dist',
        '!dist/.tsbuildinfo',
        'src',
        '!src/**/*.test.ts',
        'CHANGELOG.md',
        ...(extraFiles[folder] ?? []),
      ],
      engines: { node: '>=22.18' },
    })
  })

  it('exports source in development and the same entries built when published', () => {
    const built = Object.fromEntries(
      Object.entries(manifest.exports).map(([entry, source]) => {
        expect(existsSync(join(home, source)), source).toBe(true)
        const stem = source.replace(/^\.\/src\/(.+)\.ts$/, './dist/$1')
        return [entry, { types: `${stem}.d.ts`, default: `${stem}.js` }]
      }),
    )
    expect(manifest.publishConfig.exports).toEqual(built)
  })

  it('has a budget for the bundle of each entry: `pnpm sizes` in release/ writes them', () => {
    const budgets = JSON.parse(readFileSync(join(root, 'release/sizes.json'), 'utf8'))
    for (const entry of Object.keys(manifest.exports)) expect(budgets).toHaveProperty([join(name, entry)])
  })

  it('has a README with the name of the package as its title', () => {
    expect(readFileSync(join(home, 'README.md'), 'utf8')).toMatch(new RegExp(`^# ${name}\n`))
  })

  it('is listed in the README, the build and the dependencies of the repository', () => {
    const read = (file: string) => readFileSync(join(root, file), 'utf8')
    expect(read('README.md')).toContain(`| [\`${name}\`](packages/${folder}) |`)
    expect(read('tsconfig.build.json')).toContain(`"packages/${folder}/tsconfig.build.json"`)
    expect(JSON.parse(read('package.json')).dependencies).toHaveProperty([name], 'workspace:*')
  })

  it('declares the packages that it imports, and imports only packages that it may', () => {
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
    // Files of this package are served, not imported.
    const served = ['swagger-ui-dist'].filter((peer) => peerDependenciesMeta[peer]?.optional)
    const required = Object.keys({ ...dependencies, ...peerDependencies })
    const declared = required.filter((name) => !served.includes(name))
    expect(importedPackages(folder)).toEqual(declared.sort())
    expect(allowed[folder]).toEqual(expect.arrayContaining(declared))
    // All packages of an application must share one core, because they recognize its classes by identity.
    expect(Object.keys(dependencies)).not.toContain('@tsgi/core')
    for (const peer of Object.keys(peerDependencies).filter((name) => declared.includes(name)))
      expect(peer).toMatch(/^@(?:tsgi\/|opentelemetry\/api$)/)
  })

  it('imports other packages by their entries and its own files by their paths', () => {
    const source = join(home, 'src')
    for (const file of sourcesOf(folder)) {
      for (const specifier of importsOf(join(source, file))) {
        expect(specifier).not.toMatch(/^@tsgi\/[\w-]+\/(?:src|dist)/)
        for (const path of resolveImport(folder, join(source, file), specifier))
          expect(path, `src/${file} imports ${specifier}`).toMatch(`${source}/`)
      }
    }
  })
})

/** Returns the names of the packages that the sources of a package import: `@tsgi/core` for `@tsgi/core/gateway`. */
function importedPackages(folder: string): string[] {
  const specifiers = sourcesOf(folder).flatMap((file) => importsOf(join(homeOf(folder), 'src', file)))
  const foreign = specifiers.filter((specifier) => !/^(?:\.|#|node:)/.test(specifier))
  const names = foreign.map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)![0])
  return [...new Set(names)].sort()
}
