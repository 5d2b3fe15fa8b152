import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Command, fixtures } from '../../test/command.ts'
import { ask, pids } from '../../test/workers.ts'
import type { TsgiConfig } from './tsgi-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsgi-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const path = join(folder, 'tsgi.config.ts')
const app = join(fixtures, 'process.ts')

function write(config: TsgiConfig): void {
  // The values are in another module, which must be read again, too.
  writeFileSync(join(folder, 'values.ts'), `export const values = ${JSON.stringify(config)}`)
  writeFileSync(path, "import { values } from './values.ts'\nexport default values")
}

const base: TsgiConfig = { app, http: '127.0.0.1:0', workers: 1, requestTimeout: '60s' }

/** Starts a master with the base configuration. */
async function configured(...flags: string[]) {
  write(base)
  const command = new Command('serve', '--config', path, ...flags)
  const [url = ''] = await command.addresses()
  return { command, url }
}

describe('a reload', () => {
  it('applies the new configuration to new workers and their number', async () => {
    const { command, url } = await configured()
    using _ = command
    write({ ...base, requestTimeout: 50, workers: 2, accessLog: 'combined' })
    await command.reload()
    await expect.poll(async () => (await pids(url)).size).toBe(2)
    expect((await fetch(`${url}/wait/300`)).status).toBe(503)
    await command.printed('"GET /wait/300 HTTP/1.1" 503')
    expect(command.stdout).toContain('serving with 2 workers')
  })

  it('keeps the settings of the command line', async () => {
    const { command, url } = await configured('--request-timeout', '30s', '--workers', '1')
    using _ = command
    write({ ...base, requestTimeout: 50, workers: 3 })
    await command.reload()
    expect((await fetch(`${url}/wait/300`)).status).toBe(200)
    expect((await pids(url)).size).toBe(1)
    expect(command.stderr).toBe('')
  })

  it('warns about changes that require a restart', async () => {
    const { command, url } = await configured()
    using _ = command
    write({ ...base, http: '127.0.0.1:1', backlog: 7, requestTimeout: 50 })
    await command.reload()
    expect(command.stderr).toBe(
      'tsgi: --http has changed, which requires a restart: ignored\ntsgi: --backlog has changed, which requires a restart: ignored\n',
    )
    expect((await fetch(`${url}/wait/300`)).status).toBe(503)
  })

  it('fails if the configuration is broken, and keeps the current workers', async () => {
    const { command, url } = await configured()
    using _ = command
    const { pid } = await ask(url)
    let given = 0
    for (const [broken, message] of [
      ['export default {', 'SyntaxError'],
      ['throw new Error("lost")', 'Error: lost'],
      [`export default { app: '${app}', workres: 2 }`, "unknown option 'workres'"],
      [`export default { app: '${app}', http: '127.0.0.1:0', trustProxy: 'x' }`, '--trust-proxy must hold'],
      ['process.exit(0)', 'the configuration is invalid'],
    ] as const) {
      writeFileSync(path, broken)
      command.process.kill('SIGHUP')
      await command.printed('reload failed: the current workers keep running', ++given)
      expect(command.stderr).toContain(message)
      expect((await ask(url)).pid).toBe(pid)
    }
    // A worker that dies now is replaced by one with the previous settings.
    await ask(url, '/crash').catch(() => {})
    expect((await ask(url)).pid).not.toBe(pid)
    write({ ...base, requestTimeout: 50 })
    await command.reload()
    expect((await fetch(`${url}/wait/300`)).status).toBe(503)
  }, 60_000)
})
