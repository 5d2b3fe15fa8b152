import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from './ports.ts'
import { root } from './sources.ts'

/** Copies the files that an installation needs. */
async function clone(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tsgi-clone-'))
  await mkdir(join(folder, 'scripts'))
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'scripts/install.mjs'])
    await cp(join(root, file), join(folder, file))
  return folder
}

it('says that the npm registry cannot be reached, if a fresh clone is started without it', async () => {
  const folder = await clone()
  try {
    const env = {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${await freePort()}/`,
      npm_config_cache: join(folder, 'cache'),
      npm_config_fetch_retries: '0',
    }
    const { promise, resolve } = Promise.withResolvers<{ code: unknown; stdout: string; stderr: string }>()
    execFile('npm', ['start'], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    )
    const { code, stdout, stderr } = await promise
    expect(code).toBe(1)
    expect(stdout).toContain('Installing the guestbook with pnpm@')
    expect(stderr).toMatch(/cannot be reached \(ECONNREFUSED\)\.\nCheck your connection/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('names packages that are new in the workspace, if everything else is installed', async () => {
  const folder = await clone()
  try {
    const lockfile = createHash('sha256')
      .update(await readFile(join(folder, 'pnpm-lock.yaml')))
      .digest('hex')
    for (const name of ['node_modules', 'packages/core', 'packages/my-own']) {
      await mkdir(join(folder, name), { recursive: true })
      await writeFile(join(folder, name, 'package.json'), '{}')
    }
    await writeFile(
      join(folder, 'node_modules/.installed.json'),
      JSON.stringify({ lockfile, parts: ['workspace'] }),
    )
    const stdout = execFileSync(process.execPath, ['scripts/install.mjs', 'workspace'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(stdout).toMatch(
      /^packages\/my-own: new in the workspace\. To install it, run: npx pnpm@\S+ install\n$/,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
