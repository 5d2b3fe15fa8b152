/** Checks the units with systemd-analyze and runs their commands with a socket from systemd-socket-activate. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseDuration } from '@tsgi/core/options'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/ports.ts'
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

/** Returns the value of a setting. */
const setting = (unit: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

describe('the units', () => {
  it('give the server enough time to stop', async () => {
    const { default: config } = await import('./tsgi.config.ts')
    expect(Number(setting(service, 'TimeoutStopSec'))).toBeGreaterThan(
      (parseDuration(config.drainDelay)! + parseDuration(config.gracefulTimeout)!) / 1000,
    )
  })
})

describe.runIf(analyze && activate && redis)('under systemd, the service', () => {
  it('is valid', async () => {
    await using deployed = await Deployed.make(redis!)
    const names = ['tsgi.service', 'tsgi.socket'].map((name) => join(deployed.folder, name))
    writeFileSync(names[0]!, service.replaceAll('/srv/app', deployed.folder))
    writeFileSync(names[1]!, socket)
    expect(await run(analyze!, ['verify', ...names])).toEqual({ stdout: '', stderr: '' })
  })

  /** Opens a socket and starts a command on the first connection, like systemd. */
  async function activated({ folder, environment }: Deployed, address: string, command: readonly string[]) {
    expect(setting(socket, 'ListenStream')).toBe('8000')
    const settings = Object.entries(environment).map(([name, value]) => `--setenv=${name}=${value}`)
    const master = new Master(activate!, ['--listen', address, ...settings, ...command], {
      cwd: folder,
      environment: {},
    })
    await master.printed('Listening on')
    return master
  }
  const execStart = ({ folder }: Deployed) => setting(service, 'ExecStart').replaceAll('/srv/app', folder)

  it('serves on the socket, reloads, and stops', async () => {
    await using deployed = await Deployed.make(redis!)
    const address = `127.0.0.1:${await freePort()}`
    await using master = await activated(deployed, address, execStart(deployed).split(' '))
    // The first connection starts the service and waits.
    expect((await ask(`http://${address}/`)).status).toBe(200)
    await master.printed(`tsgi: listening on http://${address}\n`)

    const reload = setting(service, 'ExecReload').replace('$MAINPID', String(master.process.pid)).split(' ')
    await run(reload[0]!, reload.slice(1))
    await master.printed('tsgi: reloaded')
    expect((await ask(`http://${address}/`)).status).toBe(200)

    master.signal('SIGTERM')
    expect(await master.exit).toBe(0)
  }, 60_000)

  it('restarts on a socket that stays open, so that connections wait', async () => {
    await using deployed = await Deployed.make(redis!)
    const address = `127.0.0.1:${await freePort()}`
    // A shell keeps the socket open, like systemd, and starts the service twice.
    const once = `LISTEN_PID=$$ exec ${execStart(deployed)} --drain-delay 0s`
    const twice = ['sh', '-c', 'for time in 1 2; do sh -c "$0"; done', once]
    await using shell = await activated(deployed, address, twice)
    const pids = () => [...shell.output.matchAll(/master \(pid (\d+)\)/g)].map(([, pid]) => Number(pid))
    const statuses = [(await ask(`http://${address}/`)).status]
    await shell.printed('master (pid')
    process.kill(pids()[0]!, 'SIGTERM')
    while (pids().length < 2) statuses.push((await ask(`http://${address}/`)).status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    process.kill(pids()[1]!, 'SIGTERM')
    expect(await shell.exit).toBe(0)
  }, 60_000)
})
