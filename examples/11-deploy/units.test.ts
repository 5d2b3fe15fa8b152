/** The units: read by systemd's own checker, and their commands run with a socket that systemd's own program opened. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../packages/uwsgi/test/programs.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { Deployed } from './test/deployed.ts'
import { folder, Master } from './test/master.ts'
import { ask } from './test/visitor.ts'

const analyze = requireProgram('systemd-analyze')
const activate = requireProgram('systemd-socket-activate')
const redis = requireProgram('redis-server')
const run = promisify(execFile)

const service = readFileSync(join(folder, 'tsgi.service'), 'utf8')
const socket = readFileSync(join(folder, 'tsgi.socket'), 'utf8')

/** What a unit says under a name. */
const said = (unit: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

describe('the units', () => {
  it('stop the service after the server has given up waiting by itself', async () => {
    const { default: config } = await import('./tsgi.config.ts')
    expect(Number(said(service, 'TimeoutStopSec'))).toBeGreaterThan(
      config.drainDelay + config.gracefulTimeout,
    )
  })
})

describe.runIf(analyze && activate && redis)('under systemd, the service', () => {
  it('is read without a complaint', async () => {
    await using deployed = await Deployed.make(redis!)
    const names = ['tsgi.service', 'tsgi.socket'].map((name) => join(deployed.folder, name))
    writeFileSync(names[0]!, service.replaceAll('/srv/app', deployed.folder))
    writeFileSync(names[1]!, socket)
    expect(await run(analyze!, ['verify', ...names])).toEqual({ stdout: '', stderr: '' })
  })

  it('serves on the socket, reloads, and stops', async () => {
    await using deployed = await Deployed.make(redis!)
    const port = await freePort()
    const address = `127.0.0.1:${port}`
    expect(said(socket, 'ListenStream')).toBe('8000')
    const settings = Object.entries(deployed.environment).map(([name, value]) => `--setenv=${name}=${value}`)
    const command = said(service, 'ExecStart').replaceAll('/srv/app', deployed.folder).split(' ')
    await using master = new Master(activate!, ['--listen', address, ...settings, ...command], {
      cwd: deployed.folder,
      environment: {},
    })
    await master.printed('Listening on')
    // The first connection starts it, and waits meanwhile.
    expect((await ask(`http://${address}/`)).status).toBe(200)
    await master.printed(`tsgi: listening on http://${address}\n`)

    const reload = said(service, 'ExecReload').replace('$MAINPID', String(master.process.pid)).split(' ')
    await run(reload[0]!, reload.slice(1))
    await master.printed('tsgi: reloaded')
    expect((await ask(`http://${address}/`)).status).toBe(200)

    master.signal('SIGTERM')
    expect(await master.exit).toBe(0)
  }, 60_000)
})
