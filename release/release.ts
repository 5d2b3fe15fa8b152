/**
 * `pnpm release`. If there are changesets, it writes the new versions and changelogs for a commit. If there are none, it
 * publishes the packages whose versions are new. In both cases, it checks every tarball first.
 */
import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../scripts/sources.ts'
import { problemsOf } from './check-tarball.ts'
import { publishNew } from './publish.ts'
import { packAll } from './tarballs.ts'

const run = (command: string, ...args: string[]) =>
  execFileSync(join(root, 'node_modules/.bin', command), args, { cwd: root, stdio: 'inherit' })

const changesets = globSync('.changeset/*.md', { cwd: root })
if (changesets.length > 0) writeVersions()

const scratch = mkdtempSync(join(tmpdir(), 'tsgi-release-'))
try {
  const tarballs = packAll(scratch)
  const problems = (await Promise.all(tarballs.map(problemsOf))).flat()
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    process.exitCode = 1
  } else if (changesets.length > 0) {
    console.log(
      'The tarballs are in order. Commit the versions and changelogs; then publish them with `pnpm release`.',
    )
  } else {
    const published = await publishNew(tarballs, registryOf())
    console.log(
      published.map(({ name, version }) => `Published ${name}@${version}`).join('\n') || 'Nothing is new.',
    )
    if (published.length > 0) run('changeset', 'git-tag')
  }
} finally {
  rmSync(scratch, { recursive: true })
}

function writeVersions(): void {
  const texts = changesets.map((file) => readFileSync(join(root, file), 'utf8'))
  // Its templates name the versions of the other packages.
  if (!texts.some((text) => /^"create-tsgi":/m.test(text))) {
    const text = '---\n"create-tsgi": patch\n---\n\nNew projects get the current versions of the packages.\n'
    writeFileSync(join(root, '.changeset/create-tsgi-versions.md'), text)
  }
  run('changeset', 'version')
  run('node', 'scripts/write-versions.ts')
}

function registryOf(): string {
  const url = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  return url.endsWith('/') ? url : `${url}/`
}
