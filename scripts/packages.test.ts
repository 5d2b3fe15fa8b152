import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Who may import whom (decisions/0001): arrows point down only. */
const mayImport: Record<string, readonly string[]> = {
  core: [],
  router: ['@tsgi/core', 'path-to-regexp'],
  args: ['@tsgi/core', '@remix-run/multipart-parser', 'cookie', 'path-to-regexp', 'zod'],
  cookies: ['@tsgi/core', 'cookie', 'jose'],
  session: ['@tsgi/core', '@tsgi/cookies'],
  templates: ['@tsgi/core', 'eta'],
  uwsgi: ['@tsgi/core'],
  server: ['@tsgi/core', '@tsgi/uwsgi'],
  tsgi: ['@tsgi/core', '@tsgi/server', 'youch'],
  wsgi: ['@tsgi/core', '@tsgi/server'],
  connect: ['@tsgi/core'],
}

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
}

const root = join(import.meta.dirname, '..')
const folders = globSync('packages/*/package.json', { cwd: root }).map((file) => file.split('/')[1]!)

describe.each(folders.sort())('packages/%s', (folder) => {
  const home = join(root, 'packages', folder)
  const name = folder === 'tsgi' ? 'tsgi' : `@tsgi/${folder}`
  const manifest: Manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const sources = globSync('src/**/*.ts', { cwd: home })
  const shipped = sources.filter((file) => !file.endsWith('.test.ts'))

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
        ...(folder === 'core' ? ['SPEC.md'] : []),
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

  it('has a README with the name of the package as its title', () => {
    expect(readFileSync(join(home, 'README.md'), 'utf8')).toMatch(new RegExp(`^# ${name}\n`))
  })

  it('depends on what it may, imports what it depends on, and reaches into no other package', () => {
    const imported = new Set(shipped.flatMap((file) => importsOf(join(home, file))))
    const foreign = [...imported].filter((name) => !/^(?:\.|#|node:)/.test(name))
    const names = new Set(
      foreign.map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    )
    const { dependencies = {}, peerDependencies = {} } = manifest
    expect([...names].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort())
    // Two copies of core would not know each other's errors: the application's own is everyone's.
    if (names.has('@tsgi/core')) expect(peerDependencies).toHaveProperty(['@tsgi/core'])
    for (const name of Object.keys(peerDependencies)) expect(name).toMatch(/^@tsgi\//)
    for (const name of names) expect(mayImport[folder], name).toContain(name)
    for (const name of imported) expect(name).not.toMatch(/^@tsgi\/[\w-]+\/(?:src|dist)/)
  })
})

function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8').replaceAll(/^\s*(?:\*|\/\/).*$/gm, '')
  const names = [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name!)
  const own = `${file.slice(0, file.indexOf('/src/'))}/src/`
  for (const name of names.filter((name) => name.startsWith('.')))
    expect(join(dirname(file), name), `${file} imports ${name}`).toContain(own)
  return names
}
