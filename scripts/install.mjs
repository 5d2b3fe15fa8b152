/**
 * Installs what a command of the root package.json needs: `node scripts/install.mjs [PART]`.
 *
 * Needs only Node 20 and npm. Does nothing if the part is already installed, and keeps other parts that are.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folders that only some commands need. */
const optional = ['bench', 'runtimes', 'release', 'docs']

/** A description of each part, and pnpm's options for it. */
const parts = {
  guestbook: ['the guestbook', '--prod', '--filter', '@tsgi-examples/09-guestbook...'],
  workspace: [
    'the packages, the examples and the tools',
    ...optional.flatMap((folder) => ['--filter', `!./${folder}`]),
  ],
  bench: ['the benchmark and the frameworks it compares', '--filter', './bench...'],
  runtimes: ['Bun, Deno and workerd', '--filter', './runtimes...'],
  docs: ['the site', '--filter', './docs...'],
  release: ['what checks and publishes the packages', '--filter', './release...'],
  everything: ['everything that CI tests'],
}

const root = join(import.meta.dirname, '..')
const inModules = (path) => join(root, 'node_modules', path)
const windows = process.platform === 'win32'
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

// The lockfile determines what is installed, so if it has not changed, neither pnpm nor the network is needed.
const stampFile = inModules('.installed.json')
const lockfileText = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
const lockfile = createHash('sha256').update(lockfileText).digest('hex')

function installedParts() {
  if (!existsSync(stampFile)) return []
  const stamp = JSON.parse(readFileSync(stampFile, 'utf8'))
  return stamp.lockfile === lockfile ? stamp.parts : []
}

/** Returns the packages of the workspace that the lockfile does not have, because they are new. */
function newPackages() {
  return ['packages', 'examples']
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter(
      (path) => existsSync(join(root, path, 'package.json')) && !lockfileText.includes(`\n  ${path}:\n`),
    )
}

/** Node 22.18 is the first version that runs TypeScript without a flag. */
function runsTypeScript() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

function pnpmInstall(options) {
  const child = spawn('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', ...options], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    shell: windows,
    env: {
      ...process.env,
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '2',
      npm_config_fetch_retry_mintimeout: '1000',
      npm_config_fetch_retry_maxtimeout: '5000',
    },
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ code: 1, errors: message }))
    child.once('close', (code) => resolve({ code: code ?? 1, errors }))
  })
}

/** Explains why an installation failed. */
function explain(what, errors) {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], {
    shell: windows,
    encoding: 'utf8',
  }).trim()
  const [reason] =
    /\b(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|E\w*TIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b/.exec(errors) ?? []
  if (reason === undefined) return `${errors.trim()}\n\nCould not install ${what} from ${registry}.`.trim()
  return `Could not install ${what}: the npm registry ${registry} cannot be reached (${reason}).
Check your connection, \`npm config get registry\` and \`npm config get proxy\`, then run the command again.`
}

/** Fails the command with a message. */
function fail(message) {
  console.error(`\n${message}`)
  process.exit(1)
}

async function install(name) {
  const [what, ...options] =
    parts[name] ?? fail(`There is no part '${name}'. Parts: ${Object.keys(parts).join(', ')}`)
  const installed = installedParts()
  if (installed.includes(name) || installed.includes('everything')) {
    const added = newPackages().join(', ')
    if (added !== '')
      console.log(`${added}: new in the workspace. To install it, run: npx ${packageManager} install`)
    return
  }
  console.log(`Installing ${what} with ${packageManager} …`)
  // Node's platform packages: they are not needed, and may not run on this machine.
  const skipNode = name === 'guestbook' && runsTypeScript() && !existsSync(inModules('.bin/node'))
  const { code, errors } = await pnpmInstall(skipNode ? [...options, '--no-optional'] : options)
  if (code !== 0) fail(explain(what, errors))
  writeFileSync(stampFile, JSON.stringify({ lockfile, parts: [...installed, name] }))
}

let part = process.argv[2] ?? (process.env.CI === 'true' ? 'everything' : 'workspace')
// Installing only the guestbook would remove tools that are already installed.
if (part === 'guestbook' && existsSync(inModules('vitest'))) part = 'workspace'
await install(part)
if (!existsSync(inModules('.bin/node')) && !runsTypeScript())
  fail(`TSGI needs Node 22.18 or newer, got ${process.version}: https://nodejs.org/en/download`)
