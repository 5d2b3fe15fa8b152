import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from './ports.ts'
import { root } from './sources.ts'

it('says that the npm registry cannot be reached, if a fresh clone is started without it', async () => {
  const clone = await mkdtemp(join(tmpdir(), 'tsgi-clone-'))
  try {
    await mkdir(join(clone, 'scripts'))
    for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'scripts/install.mjs'])
      await cp(join(root, file), join(clone, file))
    const env = {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${await freePort()}/`,
      npm_config_cache: join(clone, 'cache'),
      npm_config_fetch_retries: '0',
    }
    const { promise, resolve } = Promise.withResolvers<{ code: unknown; stdout: string; stderr: string }>()
    execFile('npm', ['start'], { cwd: clone, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    )
    const { code, stdout, stderr } = await promise
    expect(code).toBe(1)
    expect(stdout).toContain('Installing the guestbook with pnpm@')
    expect(stderr).toMatch(/cannot be reached \(ECONNREFUSED\)\.\nCheck your connection/)
  } finally {
    await rm(clone, { recursive: true })
  }
})
