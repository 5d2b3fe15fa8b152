import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectFiles } from 'create-tsgi'
import { afterAll, describe, expect, it } from 'vitest'
import { kindNames, kinds } from './kinds.ts'
import { packageManagers } from './package-managers.ts'

const home = join(import.meta.dirname, '..')
const root = join(home, '../..')
/** Inside the package, so that projects find the packages that they import. */
const scratch = join(home, '.build')
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Every selection of pieces of every kind. */
const projects = kindNames.flatMap((kind) =>
  selections(Object.keys(kinds[kind].pieces)).map((pieces) => ({
    kind,
    pieces,
    folder: join(scratch, [kind, ...pieces].join('-')),
    files: projectFiles({ name: 'shop', kind, pieces }),
  })),
)
for (const { folder, files } of projects) {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

function selections(pieces: readonly string[]): string[][] {
  const [first, ...others] = pieces
  if (first === undefined) return [[]]
  return selections(others).flatMap((rest) => [rest, [first, ...rest]])
}

describe('every project', () => {
  it('type-checks', () => {
    const config = JSON.parse(projects[0]!.files.get('tsconfig.json')!)
    const include = ['*/src', '*/test', '*/example', '*/tsgi.config.ts']
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ ...config, include }))
    expect(config.compilerOptions.lib).toEqual(['es2024', 'esnext.disposable'])
    // The sources of the packages need the types of the DOM. The published packages do not: see release/.
    const lib = ['--lib', 'es2024,esnext.disposable,dom,dom.iterable,dom.asynciterable']
    const tsc = join(root, 'node_modules/.bin/tsc')
    const check = () => execFileSync(tsc, lib, { cwd: scratch, encoding: 'utf8' })
    try {
      check()
    } catch (error) {
      expect.fail((error as { stdout: string }).stdout)
    }
  }, 60_000)

  it('declares the packages that it imports, and no others', () => {
    for (const { kind, pieces, files } of projects) {
      const code = [...files].filter(([path]) => path.endsWith('.ts')).map(([, text]) => text)
      const imported = [...code.join('\n').matchAll(/from '((?:@[^/']+\/)?[^./'][^/']*)/g)].map(
        ([, name]) => name!,
      )
      const { dependencies, devDependencies } = JSON.parse(files.get('package.json')!)
      const declared = Object.keys({ ...dependencies, ...devDependencies })
      const tools = ['@types/node', 'tsgi', 'typescript']
      const expected = new Set([...imported.filter((name) => !name.startsWith('node:')), ...tools])
      expect(declared.sort(), `${kind} ${pieces}`).toEqual([...expected].sort())
    }
  })

  it('has a version range for every package that can be installed outside of this repository', () => {
    for (const { files } of projects) {
      const { dependencies, devDependencies } = JSON.parse(files.get('package.json')!)
      for (const range of Object.values({ ...dependencies, ...devDependencies }))
        expect(range).toMatch(/^\^\d+\.\d+\.\d+$/)
    }
  })

  it('has no marker of a region and no name of the template', () => {
    for (const { files } of projects) {
      for (const [path, text] of files) {
        expect(text, path).not.toMatch(/#(?:if|endif)\b/)
        expect(text, path).not.toContain('my-app')
        expect(text, path).not.toMatch(/\n\n\n|^\n|\n\n$/)
      }
    }
  })

  it('uses the commands and the lockfile of its package manager', () => {
    const lockfiles = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', yarn: 'yarn.lock', bun: 'bun.lock' }
    for (const packageManager of packageManagers) {
      const files = projectFiles({ name: 'shop', kind: 'site', packageManager })
      expect(files.get('README.md')).toContain(`\n${packageManager} install\n${packageManager} run dev\n`)
      const copied = Object.values(lockfiles).filter((lockfile) =>
        files.get('Dockerfile')!.includes(lockfile),
      )
      expect(copied).toEqual([lockfiles[packageManager]])
      expect(files.get('.dockerignore')).toContain(`!${lockfiles[packageManager]}\n`)
    }
  })
})

describe.each(
  projects.filter(({ kind, pieces }) => [0, Object.keys(kinds[kind].pieces).length].includes(pieces.length)),
)('a project of the kind $kind with the pieces $pieces', ({ folder }) => {
  it('passes its own tests', () => {
    const env = { ...process.env, NODE_ENV: undefined, NODE_TEST_CONTEXT: undefined }
    const output = execFileSync(process.execPath, ['--test'], { cwd: folder, env, encoding: 'utf8' })
    expect(output).toMatch(/^[ℹ#] pass [1-9]/m)
    expect(output).toMatch(/^[ℹ#] fail 0/m)
  })
})

describe('projectFiles', () => {
  it.each(['constructor', '__proto__'])('rejects %s, which is neither a kind nor a piece', (name) => {
    expect(() => projectFiles({ name: 'shop', kind: 'site', pieces: [name] })).toThrow(`no piece '${name}'`)
    expect(() => projectFiles({ name: 'shop', kind: name as 'site' })).toThrow(
      `kind must be one of site, api, middleware, got '${name}'`,
    )
  })

  it('rejects a piece that the kind does not have', () => {
    expect(() => projectFiles({ name: 'shop', kind: 'api', pieces: ['session'] })).toThrow(
      "--kind api has no piece 'session': choose from openapi, cors, rate-limit, log",
    )
    expect(() => projectFiles({ name: 'shop', kind: 'middleware', pieces: ['log'] })).toThrow('it has none')
  })
})

describe('the files for deployment', () => {
  const site = projectFiles({ name: 'shop', kind: 'site' })
  const chapter = (file: string) => readFileSync(join(root, 'examples/11-deploy', file), 'utf8')
  /** The lines of a file that the one of the chapter does not have. */
  const added = (path: string, file: string) => {
    const lines = new Set(chapter(file).split('\n'))
    return site
      .get(path)!
      .split('\n')
      .filter((line) => !lines.has(line))
  }

  it('are those of chapter 11, except for what a single server with its own folders needs', () => {
    expect(added('deploy/tsgi.socket', 'tsgi.socket')).toEqual([
      '# Only nginx on this machine connects. For an nginx on another machine, write the port alone.',
      'ListenStream=127.0.0.1:8000',
    ])
    expect(added('deploy/tsgi.service', 'tsgi.service')).toEqual([
      '# The only folder that the service can write to: /var/lib/app. STATE_DIRECTORY has its path.',
      'StateDirectory=app',
      '# SESSION_SECRET, in a file that only root can read.',
    ])
    expect(added('deploy/nginx.conf', 'nginx.conf')).toEqual(['  server 127.0.0.1:8000;'])
    expect(added('Dockerfile', 'Dockerfile')).toEqual([
      'COPY package.json tsgi.config.ts ./',
      'COPY src ./src',
      'COPY views ./views',
      'COPY public ./public',
      '# Mount a volume here to keep what the application stores.',
      'ENV STATE_DIRECTORY=/data',
      'RUN install -d -o node /data',
    ])
    expect(added('.dockerignore', '.dockerignore')).toEqual(['!src', '!views', '!public'])
    expect(added('tsgi.config.ts', 'tsgi.config.ts')).toEqual(["  app: './src/app.ts',"])
  })
})

describe('the template of a middleware package', () => {
  it('is the package of chapter 10', () => {
    const files = projectFiles({ name: 'tsgi-request-id', kind: 'middleware' })
    const chapter = (file: string) =>
      readFileSync(join(root, 'examples/10-your-own-middleware/request-id', file), 'utf8')
    expect(files.get('src/request-id.ts')).toBe(chapter('src/request-id.ts'))
    expect(files.get('tsconfig.build.json')).toBe(chapter('tsconfig.json'))
    expect(files.get('README.md')).toContain(chapter('README.md'))
    const { exports, files: published, sideEffects } = JSON.parse(chapter('package.json'))
    expect(JSON.parse(files.get('package.json')!)).toMatchObject({ exports, files: published, sideEffects })
  })
})
