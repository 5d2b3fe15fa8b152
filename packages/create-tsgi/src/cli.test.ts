import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const cli = join(import.meta.dirname, 'cli.ts')
const scratch = mkdtempSync(join(tmpdir(), 'create-tsgi-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Runs the command without a terminal, as if npm had started it. */
function create(...args: string[]) {
  return createWith({}, ...args)
}

function createWith(variables: Record<string, string>, ...args: string[]) {
  const env = { ...process.env, npm_config_user_agent: 'npm/11.0.0 node/v24.0.0 linux x64', ...variables }
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: scratch,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const read = (file: string) => readFileSync(join(scratch, file), 'utf8')

describe('create-tsgi without a terminal', () => {
  it('creates a site with all pieces by default, and says what is next', () => {
    const { status, stdout, stderr } = create('site')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('\n  cd site\n  npm install\n  npm run dev\n')
    expect(JSON.parse(read('site/package.json')).name).toBe('site')
    expect(read('site/src/web.ts')).toContain('session')
    expect(read('site/.gitignore')).toContain('node_modules')
  })

  it('creates what the options say', () => {
    expect(create('api', '--kind', 'api', '--with', 'log,cors', '--pm', 'bun').stdout).toContain(
      '\n  bun run dev\n',
    )
    expect(read('api/src/web.ts')).toContain('cors({')
    expect(read('api/src/web.ts')).toContain('log(pino(')
    expect(read('api/src/web.ts')).not.toContain('rateLimit')
    expect(create('bare', '--with', 'none').status).toBe(0)
    expect(read('bare/src/web.ts')).not.toContain('session')
    expect(create('tsgi-greeting', '--kind=middleware').status).toBe(0)
    expect(JSON.parse(read('tsgi-greeting/package.json')).peerDependencies).toHaveProperty(['@tsgi/core'])
  })

  it('writes a secret into .env, which only its owner can read and git ignores', () => {
    create('secret')
    const [, secret] = /^SESSION_SECRET=([\da-f]{64})$/m.exec(read('secret/.env')) ?? []
    expect(read('secret/.env.example')).toBe(read('secret/.env').replace(secret!, ''))
    expect(read('secret/.gitignore')).toContain('\n.env\n')
    if (process.platform !== 'win32') expect(statSync(join(scratch, 'secret/.env')).mode & 0o777).toBe(0o600)
    create('another')
    expect(read('another/.env')).not.toContain(secret)
    create('stateless', '--with', 'none')
    expect(readdirSync(join(scratch, 'stateless'))).not.toContain('.env')
  })

  it('installs the packages only if it is told to', () => {
    // Stands for the package manager.
    const bin = join(scratch, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'pnpm'), '#!/bin/sh\necho "$@ in $PWD"\ntest ! -e views\n', { mode: 0o755 })
    const PATH = `${bin}${delimiter}${process.env.PATH}`
    const run = (...args: string[]) => createWith({ PATH }, ...args, '--pm', 'pnpm')
    expect(run('later').stdout).toContain('\n  pnpm install\n')
    expect(run('never', '--no-install').stdout).toContain('\n  pnpm install\n')
    const now = run('now', '--kind', 'api', '--install')
    expect(now.status).toBe(0)
    expect(now.stdout).toContain(`install in ${join(scratch, 'now')}\n`)
    expect(now.stdout).toContain('\nNext:\n\n  cd now\n  pnpm run dev\n')
    const failed = run('failed', '--install')
    expect(failed.status).toBe(1)
    expect(failed.stderr).toBe(
      'create-tsgi: pnpm install failed: it exited with code 1. The project is complete: run it again in failed\n',
    )
    expect(read('failed/package.json')).toContain('"failed"')
  })

  it('keeps the scope of a folder in the name of the package', () => {
    expect(create('@ada/shop').status).toBe(0)
    expect(JSON.parse(read('@ada/shop/package.json')).name).toBe('@ada/shop')
    expect(read('@ada/shop/deploy/README.md')).toContain('docker build --tag shop .')
    expect(create('@ada/tsgi-shop', '--kind', 'middleware').status).toBe(0)
    expect(read('@ada/tsgi-shop/README.md')).toContain('npm install @ada/tsgi-shop')
  })

  it('quotes the path of the project for a shell', () => {
    expect(create("Ada's projects/shop").stdout).toContain(`\n  cd 'Ada'\\''s projects/shop'\n`)
  })

  it('creates in an existing folder that is empty or new in git', () => {
    mkdirSync(join(scratch, 'empty/.git'), { recursive: true })
    expect(create('empty').status).toBe(0)
  })

  it('refuses a folder that is not empty, and leaves it alone', () => {
    mkdirSync(join(scratch, 'full'))
    for (const file of ['a.txt', 'b.txt']) writeFileSync(join(scratch, 'full', file), '')
    expect(create('full')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        "create-tsgi: the folder 'full' is not empty: it contains a.txt and 1 more. Choose another one.\n",
    })
    expect(readdirSync(join(scratch, 'full'))).toEqual(['a.txt', 'b.txt'])
    expect(create('full/a.txt').stderr).toContain("'full/a.txt' is a file, not a folder")
  })

  it('rejects an invalid command line, and says what is valid', () => {
    const errorOf = (...args: string[]) => {
      const { status, stderr } = create(...args)
      expect(status).toBe(2)
      return stderr
    }
    expect(errorOf()).toContain('FOLDER is missing')
    expect(errorOf('My App')).toContain(
      "'My App' cannot be the name of a package: use lower-case letters, digits",
    )
    expect(errorOf('My App')).toContain("for example 'my-app'")
    expect(errorOf('node_modules')).toContain("'node_modules' cannot be the name")
    expect(errorOf('x'.repeat(215))).toContain('cannot be the name')
    expect(errorOf('app', '--kind', 'blog')).toContain(
      "--kind must be one of site, api, middleware, got 'blog'",
    )
    expect(errorOf('app', '--with', 'cors')).toContain("--kind site has no piece 'cors'")
    expect(errorOf('app', '--pm', 'deno')).toContain("--pm must be one of npm, pnpm, yarn, bun, got 'deno'")
    expect(errorOf('app', '--knid', 'api')).toContain("Unknown option '--knid'")
    // `npm create tsgi app --kind api` and `npm create tsgi app --kind=api` arrive like this.
    expect(errorOf('app', 'api')).toContain("With npm, write '--' before the options")
    expect(createWith({ npm_config_kind: 'api' }, 'app').stderr).toContain('npm did not pass on --kind')
    expect(readdirSync(scratch)).not.toContain('app')
  })

  it('prints its help and its version', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
    expect(create('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    const { stdout } = create('--help')
    for (const word of ['--kind', '--with', '--pm', 'site', 'api', 'middleware', 'rate-limit', 'session'])
      expect(stdout).toContain(word)
  })
})
